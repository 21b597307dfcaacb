import { deviation, ema, highest, lowest, mean, rma, trueRange } from "../oracle/blocks.ts";
import { indicatorSeries } from "../oracle/indicators.ts";
import type { PlainBars } from "./plain_bars.ts";

// The strategies of docs/examples/strategies once more, as plain arithmetic over arrays: no text, no parser, no kernel.

/** Whether a side is entered and left, bar by bar; without an exit it is held while its enter is true. */
export interface PlainSide {
  readonly enter: readonly boolean[];
  readonly exit: readonly boolean[] | null;
}

/** What a strategy says of every bar. */
export interface PlainSides {
  readonly long?: PlainSide;
  readonly short?: PlainSide;
}

type Params = Readonly<Record<string, number>>;

/** A strategy for chosen parameters. */
export type PlainStrategy = (bars: PlainBars, params: Params) => PlainSides;

type Values = readonly number[];
type Test = (t: number) => boolean;

const f32 = (values: readonly number[]) => values.map(Math.fround);
const sma = (x: Values, n: number) => f32(mean(x, n));

function each<T>({ close }: PlainBars, value: (t: number) => T): T[] {
  return close.map((_, t) => value(t));
}

const above = (x: Values, y: Values): Test => (t) => x[t]! > y[t]! && x[t - 1]! <= y[t - 1]!;
const below = (x: Values, y: Values): Test => (t) => x[t]! < y[t]! && x[t - 1]! >= y[t - 1]!;

function indicator(
  bars: PlainBars,
  id: string,
  values: Readonly<Record<string, number>>,
  more: { readonly output?: string; readonly source?: Values } = {},
): Values {
  return indicatorSeries(id, { candles: bars, values, ...more });
}

/** Sides that are true where their tests are; null is a side that is left when its enter ends. */
function sides(
  bars: PlainBars,
  { long, short }: {
    readonly long?: readonly [Test, Test | null];
    readonly short?: readonly [Test, Test | null];
  },
): PlainSides {
  const side = ([enter, exit]: readonly [Test, Test | null]) => ({
    enter: each(bars, enter),
    exit: exit && each(bars, exit),
  });
  return { ...long && { long: side(long) }, ...short && { short: side(short) } };
}

const never: Test = () => false;

/** Bars since a test was last true; NaN before. */
function since(bars: PlainBars, test: Test): number[] {
  let last = NaN;
  return each(bars, (t) => t - (last = test(t) ? t : last));
}

/** Value on the last bar where a test was true. */
function valueWhen(bars: PlainBars, test: Test, x: Values): number[] {
  let last = NaN;
  return each(bars, (t) => last = test(t) ? x[t]! : last);
}

/** The value of whole months, weeks, ... on the bars after them: `keyOf` names the period of a time, in order. */
function ofPeriods(
  { openMs, closeMs, close }: PlainBars,
  keyOf: (timeMs: number) => number,
  value: (closes: Values) => Values,
): number[] {
  const closes: number[] = [];
  const periods: number[] = [];
  openMs.forEach((ms, t) => {
    if (periods.at(-1) !== keyOf(ms)) periods.push(keyOf(ms));
    closes[periods.length - 1] = close[t]!;
  });
  const values = value(closes);
  // a bar that closes at the end of a period is in the next one by then
  return closeMs.map((ms) => values[periods.findLastIndex((period) => period < keyOf(ms))] ?? NaN);
}

const dayMs = 86_400_000;
const monthOf = (ms: number) => new Date(ms).getUTCFullYear() * 12 + new Date(ms).getUTCMonth();
// 1970-01-05 was a Monday
const weekOf = (ms: number) => Math.floor((ms / dayMs - 4) / 7);

const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: "America/New_York",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** Whether bars open from `start` on and before `end` in New York. */
function inNewYork({ openMs }: PlainBars, start: string, end: string): Test {
  const texts = openMs.map((ms) => clock.format(ms));
  return (t) => texts[t]! >= start && texts[t]! < end;
}

/** By the name of the file. */
export const plainStrategies: Readonly<Record<string, PlainStrategy>> = {
  "golden-cross": (bars, { fast, slow }) => {
    const [quick, line] = [sma(bars.close, fast!), sma(bars.close, slow!)];
    const [up, down] = [above(quick, line), below(quick, line)];
    return sides(bars, { long: [up, down], short: [down, up] });
  },
  "rsi2-pullback": (bars, { dip, rebound }) => {
    const { close } = bars;
    const [trend, average] = [sma(close, 200), sma(close, rebound!)];
    const rsi = indicator(bars, "momentum.rsi", { window: 2 });
    return sides(bars, {
      long: [(t) => close[t]! > trend[t]! && rsi[t]! < dip!, (t) => close[t]! > average[t]!],
    });
  },
  "macd-adx": (bars, { slow, strength }) => {
    const [quick, late] = [ema(bars.close, 12), ema(bars.close, slow!)];
    const exact = quick.map((value, t) => value - late[t]!);
    const [line, signal] = [f32(exact), f32(ema(exact, 9))];
    const adx = indicator(bars, "trend.adx", { window: 14, smoothing: 14 });
    const [up, down] = [above(line, signal), below(line, signal)];
    const trending: Test = (t) => adx[t]! > strength!;
    return sides(bars, {
      long: [(t) => up(t) && trending(t), down],
      short: [(t) => down(t) && trending(t), up],
    });
  },
  turtle: (bars, { breakout, leave }) => {
    const { high, low, close } = bars;
    const [top, bottom] = [highest(high, breakout!), lowest(low, breakout!)];
    const [roof, floor] = [highest(high, leave!), lowest(low, leave!)];
    return sides(bars, {
      long: [(t) => close[t]! > top[t - 1]!, (t) => close[t]! < floor[t - 1]!],
      short: [(t) => close[t]! < bottom[t - 1]!, (t) => close[t]! > roof[t - 1]!],
    });
  },
  squeeze: (bars, { fading, width }) => {
    const { high, low, close } = bars;
    const [basis, spread, top, bottom] = [
      mean(close, 20),
      deviation(close, 20),
      highest(high, 20),
      lowest(low, 20),
    ];
    const centre = ema(each(bars, (t) => (high[t]! + low[t]! + close[t]!) / 3), 20);
    const range = rma(trueRange(bars), 20);
    const known: Test = (t) => !Number.isNaN(basis[t]!);
    const calm: Test = (t) =>
      Math.fround(basis[t]! + 2 * spread[t]!) < Math.fround(centre[t]! + width! * range[t]!) &&
      Math.fround(basis[t]! - 2 * spread[t]!) > Math.fround(centre[t]! - width! * range[t]!);
    const fired: Test = (t) => calm(t - 1) && known(t) && !calm(t);
    const middle = each(
      bars,
      (t) =>
        Math.fround(
          Math.fround(Math.fround(Math.fround(top[t]! + bottom[t]!) / 2) + Math.fround(basis[t]!)) / 2,
        ),
    );
    const source = each(bars, (t) => Math.fround(close[t]! - middle[t]!));
    const momentum = indicator(bars, "trend.linreg", { window: 20 }, { source });
    const steps = (t: number, holds: (step: number) => boolean) =>
      Array.from({ length: fading! }, (_, i) => momentum[t - i]! - momentum[t - i - 1]!).every(holds);
    return sides(bars, {
      long: [(t) => fired(t) && momentum[t]! > 0, (t) => steps(t, (step) => step < 0)],
      short: [(t) => fired(t) && momentum[t]! < 0, (t) => steps(t, (step) => step > 0)],
    });
  },
  "donchian-four-weeks": (bars, { days }) => {
    const { high, low, close } = bars;
    const [top, bottom] = [highest(high, days!), lowest(low, days!)];
    return sides(bars, {
      long: [(t) => close[t]! > top[t - 1]!, never],
      short: [(t) => close[t]! < bottom[t - 1]!, never],
    });
  },
  "ichimoku-cloud": (bars, { base, conversion }) => {
    const { high, low, close } = bars;
    const middle = (n: number) => {
      const bottom = lowest(low, n);
      return highest(high, n).map((top, t) => (top + bottom[t]!) / 2);
    };
    const [quick, slow, wide] = [middle(conversion!), middle(base!), middle(base! * 2)];
    const spanA = each(bars, (t) => Math.fround((quick[t - base!]! + slow[t - base!]!) / 2));
    const spanB = each(bars, (t) => Math.fround(wide[t - base!]!));
    const edge = (pick: (a: number, b: number) => number) => each(bars, (t) => pick(spanA[t]!, spanB[t]!));
    const [line, baseLine] = [f32(quick), f32(slow)];
    const [out, under] = [above(close, edge(Math.max)), below(close, edge(Math.min))];
    return sides(bars, {
      long: [
        (t) => out(t) && line[t]! > baseLine[t]! && close[t]! > close[t - base!]!,
        (t) => close[t]! < baseLine[t]!,
      ],
      short: [
        (t) => under(t) && line[t]! < baseLine[t]! && close[t]! < close[t - base!]!,
        (t) => close[t]! > baseLine[t]!,
      ],
    });
  },
  "bollinger-reversal": (bars, { width, window }) => {
    const { close } = bars;
    const [basis, spread] = [mean(close, window!), deviation(close, window!)];
    const lower = each(bars, (t) => Math.fround(basis[t]! - width! * spread[t]!));
    return sides(bars, { long: [above(close, lower), (t) => close[t]! > Math.fround(basis[t]!)] });
  },
  "keltner-breakout": (bars, { width, window }) => {
    const { high, low, close } = bars;
    const centre = ema(each(bars, (t) => (high[t]! + low[t]! + close[t]!) / 3), window!);
    const range = rma(trueRange(bars), window!);
    const line = (side: number) => each(bars, (t) => Math.fround(centre[t]! + side * width! * range[t]!));
    return sides(bars, {
      long: [above(close, line(1)), (t) => close[t]! < Math.fround(centre[t]!)],
      short: [below(close, line(-1)), (t) => close[t]! > Math.fround(centre[t]!)],
    });
  },
  supertrend: (bars, { width, window }) => {
    const values = { mult: width!, window: window! };
    const line = indicator(bars, "trend.supertrend", values);
    // the line is below the close while it points up
    return sides(bars, {
      long: [(t) => line[t]! <= bars.close[t]!, null],
      short: [(t) => line[t]! > bars.close[t]!, null],
    });
  },
  stochastic: (bars, { window, zone }) => {
    const { high, low, close } = bars;
    const [top, bottom] = [highest(high, window!), lowest(low, window!)];
    const raw = each(bars, (t) => 100 * ((close[t]! - bottom[t]!) / (top[t]! - bottom[t]!)));
    const exact = mean(raw, 3);
    const [k, d] = [f32(exact), f32(mean(exact, 3))];
    const [up, down] = [above(k, d), below(k, d)];
    return sides(bars, { long: [(t) => up(t) && d[t]! < zone!, (t) => down(t) && d[t]! > 100 - zone!] });
  },
  "dual-momentum": (bars, { gain, months }) => {
    const growth = ofPeriods(
      bars,
      monthOf,
      (closes) => closes.map((value, i) => Math.fround(100 * (value / closes[i - months!]! - 1))),
    );
    return sides(bars, { long: [(t) => growth[t]! > gain!, null] });
  },
  "pivot-breakout": (bars, { left, right }) => {
    const { high, low, close } = bars;
    const swing = (x: Values, beats: (centre: number, other: number) => boolean) =>
      each(bars, (t) => {
        const window = x.slice(Math.max(0, t - right! - left!), t + 1);
        const centre = x[t - right!]!;
        if (window.length <= left! + right!) return NaN;
        return window.every((other, i) => i === left! || beats(centre, other)) ? centre : NaN;
      });
    const [tops, bottoms] = [swing(high, (a, b) => b < a), swing(low, (a, b) => b > a)];
    const resistance = valueWhen(bars, (t) => !Number.isNaN(tops[t]!), tops);
    const support = valueWhen(bars, (t) => !Number.isNaN(bottoms[t]!), bottoms);
    return sides(bars, {
      long: [above(close, resistance), (t) => close[t]! < support[t]!],
      short: [below(close, support), (t) => close[t]! > resistance[t]!],
    });
  },
  "gap-fade": (bars, { size }) => {
    const { open, close } = bars;
    const opens = inNewYork(bars, "09:30", "09:35");
    const ends = inNewYork(bars, "15:50", "16:00");
    const last = valueWhen(bars, inNewYork(bars, "15:55", "16:00"), close);
    const gap = each(bars, (t) => Math.fround(Math.fround(Math.fround(open[t]! / last[t]!) - 1) * 100));
    return sides(bars, {
      long: [(t) => opens(t) && gap[t]! < -Math.fround(size!), (t) => close[t]! >= last[t]! || ends(t)],
      short: [(t) => opens(t) && gap[t]! > Math.fround(size!), (t) => close[t]! <= last[t]! || ends(t)],
    });
  },
  "opening-range-breakout": (bars, { bars: count }) => {
    const { high, low, close } = bars;
    const age = since(bars, inNewYork(bars, "09:30", "09:35"));
    const complete: Test = (t) => age[t] === count! - 1;
    const top = valueWhen(bars, complete, highest(high, count!));
    const bottom = valueWhen(bars, complete, lowest(low, count!));
    const ends = inNewYork(bars, "15:50", "16:00");
    const [up, down] = [above(close, top), below(close, bottom)];
    return sides(bars, {
      long: [(t) => age[t]! >= count! && up(t), (t) => close[t]! < bottom[t]! || ends(t)],
      short: [(t) => age[t]! >= count! && down(t), (t) => close[t]! > top[t]! || ends(t)],
    });
  },
  "vwap-reversion": (bars, { width }) => {
    const { close } = bars;
    const average = indicator(bars, "volume.vwap", { window: 78 });
    const upper = indicator(bars, "volume.vwap_deviation", { window: 78, mult: width! });
    const lower = indicator(bars, "volume.vwap_deviation", { window: 78, mult: width! }, { output: "lower" });
    const late = inNewYork(bars, "15:00", "16:00");
    const ends = inNewYork(bars, "15:50", "16:00");
    return sides(bars, {
      long: [(t) => close[t]! < lower[t]! && !late(t), (t) => close[t]! >= average[t]! || ends(t)],
      short: [(t) => close[t]! > upper[t]! && !late(t), (t) => close[t]! <= average[t]! || ends(t)],
    });
  },
  "time-of-day": (bars, { after, held }) => {
    const bought: Test = (t) => new Date(bars.openMs[t]!).getUTCHours() === after;
    const age = since(bars, bought);
    return sides(bars, { long: [bought, (t) => age[t]! >= held!] });
  },
  "turn-of-the-month": (bars, { from, sold }) => {
    const [day, month] = [
      bars.openMs.map((ms) => new Date(ms).getUTCDate()),
      bars.openMs.map((ms) => new Date(ms).getUTCMonth()),
    ];
    const age = since(bars, (t) => t > 0 && month[t] !== month[t - 1]);
    return sides(bars, { long: [(t) => day[t]! >= from!, (t) => age[t]! + 1 === sold!] });
  },
  "triple-screen": (bars, { dip, lows }) => {
    const { high, low, close } = bars;
    const tide = ofPeriods(bars, weekOf, (closes) => {
      const [quick, slow] = [ema(closes, 12), ema(closes, 26)];
      const line = quick.map((value, i) => value - slow[i]!);
      const signal = ema(line, 9);
      const histogram = line.map((value, i) => Math.fround(value - signal[i]!));
      return histogram.map((value, i) => Math.fround(value - histogram[i - 1]!));
    });
    const [top, bottom, floor] = [highest(high, 5), lowest(low, 5), lowest(low, lows!)];
    const raw = each(bars, (t) => 100 * ((close[t]! - bottom[t]!) / (top[t]! - bottom[t]!)));
    const k = sma(raw, 3);
    return sides(bars, {
      long: [
        (t) =>
          tide[t]! > 0 && Math.min(...k.slice(Math.max(0, t - 2), t + 1)) < dip! && close[t]! > high[t - 1]!,
        (t) => tide[t]! < 0 || close[t]! < floor[t - 1]!,
      ],
    });
  },
  "ibs-reversal": (bars, { strong, weak }) => {
    const { high, low, close } = bars;
    const strength = each(bars, (t) => {
      const [part, range] = [Math.fround(close[t]! - low[t]!), Math.fround(high[t]! - low[t]!)];
      return Math.fround(part / range);
    });
    return sides(bars, {
      long: [(t) => strength[t]! < Math.fround(weak!), (t) => strength[t]! > Math.fround(strong!)],
    });
  },
};
