/**
 * Length of bars as requests have it: a count and a unit, `30s`, `15m`, `4h`, `3d`, or `1w` and `1M`, weeks from Monday and
 * months of the calendar. {@link timeframeOf} gives each length one text.
 */
export type Timeframe = string;

/** The bar lengths that most ask for, shortest first. */
export const timeframes: readonly Timeframe[] = ["1m", "5m", "15m", "1h", "4h", "1d"];

/** What a text must be to name a length of bars. */
export const timeframePattern = /^(?:[1-9]\d{0,4}[smhd]|1w|1M)$/;

/** What stands for one in messages. */
export const timeframeForms = "a count and s, m, h or d such as 30s, 15m, 4h or 1d, or 1w or 1M";

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const weekMs = 7 * dayMs;

/** Mean length of a month of the Gregorian calendar. No other bars have this length, so it stands for months. */
export const monthMs = 146_097 / 4800 * dayMs;

const unitMs = { s: secondMs, m: minuteMs, h: hourMs, d: dayMs } as const;
const units = Object.entries(unitMs).toReversed();

/** Length of the bars of a timeframe in ms, of a month the mean one; null for a text that is no timeframe. */
export function barLengthMs(timeframe: Timeframe): number | null {
  if (!timeframePattern.test(timeframe)) return null;
  if (timeframe === "1w") return weekMs;
  if (timeframe === "1M") return monthMs;
  return Number(timeframe.slice(0, -1)) * unitMs[timeframe.at(-1) as keyof typeof unitMs];
}

/** The same for a text that is known to be one. Throws RangeError where it is not. */
export function timeframeMs(timeframe: Timeframe): number {
  const lengthMs = barLengthMs(timeframe);
  if (lengthMs === null) throw new RangeError(`${timeframe} is no timeframe`);
  return lengthMs;
}

/** The same of its longest bar: of a month 31 days. */
export function longestBarMs(timeframe: Timeframe): number {
  return timeframe === "1M" ? 31 * dayMs : timeframeMs(timeframe);
}

/** The one text of a timeframe, in its largest unit: `60m` is `1h`. Another text comes back as it is. */
export function timeframeOf(text: string): Timeframe {
  const lengthMs = barLengthMs(text);
  if (lengthMs === null || text === "1w" || text === "1M") return text;
  const [unit, length] = units.find(([, length]) => lengthMs % length === 0)!;
  return `${lengthMs / length}${unit}`;
}

/** Whether bars of a timeframe can be made of whole candles of a length; whether these lie on its grid is another question. */
export function isMadeOf(timeframe: Timeframe, storedMs: number): boolean {
  if (timeframe !== "1M") return timeframeMs(timeframe) % storedMs === 0;
  return storedMs === monthMs || dayMs % storedMs === 0;
}

/**
 * What an empty bucket means: a market that never closes repeats its last close (`continuous`), one with sessions
 * has no bar there (`sessions`).
 */
export type Calendar = "continuous" | "sessions";
