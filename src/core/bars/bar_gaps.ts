import type { BarSlice } from "./candles.ts";
import { sessionsPauseMs } from "./covered_ends.ts";
import { type MarketHours, missingInHours } from "./market_hours.ts";
import type { RolledBars } from "./rollup.ts";
import type { Calendar } from "./timeframe.ts";

/** Bars of a slice that are there and that are not. */
export interface BarGaps {
  /** Bars made of candles. */
  readonly made: number;
  readonly missing: number;
  /** Runs of missing bars. */
  readonly count: number;
  /** Bars of the longest run. */
  readonly longest: number;
}

/** What gaps are looked for in. */
export interface BarGapsInput {
  readonly bars: Pick<RolledBars, "candles" | "tsCloseMs" | "made" | "lostMs">;
  readonly slice: BarSlice;
  readonly calendar: Calendar;
  /** When a market with sessions is open, where its config says it. */
  readonly hours?: MarketHours | undefined;
  /** Length of the bars, of months the mean one. */
  readonly barMs: number;
}

/**
 * Finds the bars that the market's calendar expects and the candles do not give. A `continuous` market expects every bar.
 * One with `sessions` expects those whose candles lack a value, and none else, unless it seems closed for seven days or
 * more: then the bars of the week before, once more in each week of the pause; of bars of a week or more, every one. Where its hours are
 * known, bars up to a day are expected by these and nothing else.
 */
export function barGaps({ bars, slice, calendar, hours, barMs }: BarGapsInput): BarGaps {
  const ofHours = () => {
    const tsOpenMs = bars.candles.tsOpenMs.subarray(slice.start, slice.stop);
    return hours === undefined ? null : missingInHours(tsOpenMs, { hours, barMs });
  };
  const runs = calendar === "continuous"
    ? repeatedRuns(bars, slice)
    : ofHours() ?? pauses(bars, { ...slice, barMs });
  const lengths = runs.filter((length) => length > 0);
  const missing = lengths.reduce((sum, length) => sum + length, 0);
  const inSlice = slice.stop - slice.start;
  return {
    made: calendar === "continuous" ? inSlice - missing : inSlice,
    missing,
    count: lengths.length,
    longest: lengths.reduce((longest, length) => Math.max(longest, length), 0),
  };
}

function repeatedRuns({ made }: BarGapsInput["bars"], { start, stop }: BarSlice): number[] {
  const runs: number[] = [];
  let run = 0;
  for (let bar = start; bar < stop; bar++) {
    if (made[bar] === 0) run++;
    else if (run > 0) {
      runs.push(run);
      run = 0;
    }
  }
  return [...runs, run];
}

/** Missing bars between every bar and the next. */
function pauses(
  { candles: { tsOpenMs }, tsCloseMs, lostMs }: BarGapsInput["bars"],
  { start, stop, barMs }: BarSlice & Pick<BarGapsInput, "barMs">,
): number[] {
  const runs: number[] = [];
  let lost = 0;
  for (let bar = start; bar + 1 < stop; bar++) {
    const next = tsOpenMs[bar + 1]!;
    while (lost < lostMs.length && lostMs[lost]! < tsOpenMs[bar]!) lost++;
    const from = lost;
    while (lost < lostMs.length && lostMs[lost]! < next) lost++;
    const pauseMs = next - tsCloseMs[bar]!;
    const paused = barMs >= sessionsPauseMs
      ? Math.round(pauseMs / barMs)
      : pauseMs >= sessionsPauseMs
      ? weekRepeated(tsOpenMs, { bar, untilMs: next })
      : 0;
    if (lost > from || paused > 0) runs.push(Math.max(lost - from, paused));
  }
  return runs;
}

/** How many bars the week that ends with `bar` would have had until `untilMs`. */
function weekRepeated(
  tsOpenMs: Float64Array,
  { bar, untilMs }: { readonly bar: number; readonly untilMs: number },
): number {
  let expected = 0;
  for (let i = bar; i >= 0 && tsOpenMs[i]! > tsOpenMs[bar]! - sessionsPauseMs; i--) {
    expected += Math.ceil((untilMs - tsOpenMs[i]!) / sessionsPauseMs) - 1;
  }
  return expected;
}
