import { historySentence, type LongestLookback } from "./warm_up.ts";
import type { TimeRange } from "./candles.ts";
import type { Coverage } from "./data_coverage.ts";
import type { Calendar } from "./timeframe.ts";
import type { BuiltTimeline } from "./timeline.ts";
import { formatTimestamp } from "../text/mod.ts";
import { warning } from "../errors/mod.ts";

/** What the bars of a run are told of. */
export interface DataWarningsInput {
  readonly built: BuiltTimeline;
  readonly coverage: Coverage;
  readonly requestRange: TimeRange;
  readonly calendar: Calendar;
  /** Of the indicators in the sweep. */
  readonly lookbacks: readonly LongestLookback[];
}

/** What a reader of results must know about the bars they are made on, each kind once and always in the same order. */
export function dataWarnings(input: DataWarningsInput): string[] {
  const { built } = input;
  return [
    ...offGridWarning(built),
    ...incompleteWarning(built),
    ...lostWarning(built),
    ...missingWarning(input),
    ...shortageWarnings(input),
  ];
}

function offGridWarning({ offGrid: { offMinute, single, firstMs, unit } }: BuiltTimeline): string[] {
  if (offMinute + single === 0) return [];
  const kinds = [
    ...(offMinute > 0 ? [`${candles(offMinute)} not open on a whole ${unit}`] : []),
    ...(single > 0 ? [`${candles(single)} not lie on the grid of the others`] : []),
  ];
  const sentence = `${kinds.join(" and ")}, the first at ${formatTimestamp(firstMs)}; ` +
    "each is part of the bar it opens in";
  return [warning("rows_off_grid", sentence)];
}

function incompleteWarning({ bars: { incompleteRows: { count, firstMs } } }: BuiltTimeline): string[] {
  if (count === 0) return [];
  const sentence =
    `${candles(count)} not have all values, the first in the bar of ${formatTimestamp(firstMs)}; ` +
    "each gives what it has, and a missing volume counts as 0";
  return [warning("incomplete_rows", sentence)];
}

function lostWarning({ bars: { lostMs } }: BuiltTimeline): string[] {
  if (lostMs.length === 0) return [];
  const [count, what] = lostMs.length === 1
    ? ["1 bar is", "its candle lacks"]
    : [`${lostMs.length} bars are`, "their candles lack"];
  const sentence = `${count} missing because ${what} a value, the first at ${formatTimestamp(lostMs[0]!)}`;
  return [warning("bars_lost", sentence)];
}

/** Above this share of bars without candles, a market is probably not what it is taken for. */
const missingShareMax = 0.2;

function missingWarning(
  { coverage: { data: { bars, missing_bars: missing } }, calendar }: DataWarningsInput,
): string[] {
  if (missing <= missingShareMax * (bars + missing)) return [];
  const share = Math.round(missing / (bars + missing) * 100);
  const consequence = calendar === "continuous"
    ? "each repeats the close before it, as the market is continuous; where it trades in sessions, " +
      "`markets.<id>.calendar` or --calendar sessions says so"
    : "the market has no bar there";
  return [
    warning(
      "missing_bars",
      `${missing} of ${bars + missing} bars (${share} %) have no candle: ${consequence}`,
    ),
  ];
}

/**
 * One warning of all that the request asks beyond the data: a range they do not cover, a last bar that is only partly there,
 * history they do not hold. What comes without the first has a code of its own.
 */
function shortageWarnings({ built, coverage, requestRange, lookbacks }: DataWarningsInput): string[] {
  const { slice: { start, stop } } = built.timeline;
  const partial = partialSentence(built);
  const history = historySentence(lookbacks, { barsBefore: start, bars: stop - start });
  if (coverage.short) {
    const sentences = [coverageSentence(coverage.range, requestRange), partial, history];
    return [warning("range_not_covered", sentences.filter((sentence) => sentence !== null).join("; "))];
  }
  const asked = `${formatTimestamp(requestRange.startMs)} to ${formatTimestamp(requestRange.endMs)}`;
  return [
    ...(start === stop ? [warning("no_bars", `no bar closes in the requested ${asked}`)] : []),
    ...(partial ? [warning("partial_last_bar", partial)] : []),
    ...(history ? [warning("short_history", history)] : []),
  ];
}

function coverageSentence(range: TimeRange, requested: TimeRange): string {
  const coveredMs = Math.min(range.endMs, requested.endMs) - Math.max(range.startMs, requested.startMs);
  const percent = coveredMs / (requested.endMs - requested.startMs) * 100;
  return `the candles cover ${formatTimestamp(range.startMs)} to ${
    formatTimestamp(range.endMs)
  } of the requested ` +
    `${formatTimestamp(requested.startMs)} to ${formatTimestamp(requested.endMs)} ` +
    `(${percent < 10 ? percent.toPrecision(2) : Math.floor(percent)} %), and all figures are of that part`;
}

function partialSentence(
  { end: { partial }, tradesPartial, grid: { timeframe } }: BuiltTimeline,
): string | null {
  if (partial === null) return null;
  return `the last bar, ${timeframe} from ${formatTimestamp(partial.openMs)}, is partial and ` +
    (tradesPartial ? "traded as asked for" : "left out");
}

function candles(count: number): string {
  return count === 1 ? "1 candle does" : `${count} candles do`;
}
