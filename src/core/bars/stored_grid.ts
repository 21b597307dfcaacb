import { BacktestError, validationError } from "../errors/mod.ts";
import { durationText, formatTimestamp } from "../text/mod.ts";
import type { BarGrid } from "./bar_grid.ts";
import type { CandleColumns, TimeRange } from "./candles.ts";
import { looksLikeCloses } from "./close_stamps.ts";
import { spacingText } from "./spacing.ts";
import { barLengthMs, isMadeOf, monthMs } from "./timeframe.ts";
import { usableRows } from "./usable_rows.ts";

/** Stored candles and the bars they are to be rolled up into. */
export interface StoredGridInput {
  readonly candles: CandleColumns;
  /** Spacing of the stored candles. */
  readonly storedMs: number;
  readonly range: TimeRange;
  readonly grid: BarGrid;
  readonly marketId: number;
}

/** Rows that were put into the bar they open in although they do not lie on the grid of the others. */
export interface OffGrid {
  /** Rows that open inside a minute; of candles shorter than that, inside a second. */
  readonly offMinute: number;
  /** Single rows that reach beyond their bar, such as a day's candle that was stored in the afternoon. */
  readonly single: number;
  /** Open of the first of either kind; NaN when there are none. */
  readonly firstMs: number;
  /** What rows are expected to open on. */
  readonly unit: "minute" | "second";
}

const minuteMs = 60_000;
const secondMs = 1000;
const dayMs = 86_400_000;

/**
 * Makes sure that no bar holds the future. A stored candle that reaches a minute or more beyond the bar it opens in does
 * so, and when two neighbours do, or 1 % of all, the grids do not fit: throws a `validation_error` that names both.
 * Shifts of less than a minute, and single rows, are counted. Of candles that are shorter than a minute, read a second.
 */
export function checkStoredGrid(input: StoredGridInput): OffGrid {
  const { candles: { tsOpenMs }, storedMs, grid } = input;
  const rows = usableRows(input.candles, input.range);
  if (rows.length > 0 && !isMadeOf(grid.timeframe, storedMs)) throw undivided(input);
  const unitMs = storedMs < minuteMs ? secondMs : minuteMs;
  let offMinute = 0, single = 0, firstMs = NaN;
  const note = (openMs: number) => firstMs = Number.isNaN(firstMs) ? openMs : firstMs;
  let bucket = { openMs: NaN, closeMs: NaN };
  const phaseAt = (i: number) => Math.floor(tsOpenMs[rows.at(i)]! / unitMs) * unitMs % storedMs;
  for (let i = 0; i < rows.length && storedMs >= unitMs; i++) {
    const openMs = tsOpenMs[rows.at(i)]!;
    if (openMs % unitMs !== 0) {
      offMinute++;
      note(openMs);
    }
    if (storedMs === unitMs) continue;
    if (!(openMs < bucket.closeMs)) bucket = grid.bucketAt(openMs);
    // the first candle of a day is the day's own, also when clocks make the day shorter
    const reaches = openMs + storedMs - bucket.closeMs >= unitMs && openMs - bucket.openMs >= unitMs;
    if (!reaches) continue;
    single++;
    note(openMs);
    const phase = phaseAt(i);
    const alone = rows.length > 1 && !(i > 0 && phaseAt(i - 1) === phase) &&
      !(i + 1 < rows.length && phaseAt(i + 1) === phase);
    if (!alone || single > Math.max(1, rows.length / 100)) {
      throw shifted(input, { openMs, closeMs: bucket.closeMs });
    }
  }
  return { offMinute, single, firstMs, unit: unitMs === minuteMs ? "minute" : "second" };
}

/** Whether bars of a grid can be made of stored candles, as {@link checkStoredGrid} has it. */
export function liesOnGrid(
  candles: CandleColumns,
  { storedMs, grid }: Pick<StoredGridInput, "storedMs" | "grid">,
): boolean {
  const everything = { startMs: -Infinity, endMs: Infinity };
  try {
    checkStoredGrid({ candles, storedMs, grid, range: everything, marketId: 0 });
    return true;
  } catch (error) {
    if (error instanceof BacktestError) return false;
    throw error;
  }
}

function undivided({ candles, storedMs, grid }: StoredGridInput): Error {
  const [stored, bar] = [spacingText(storedMs), grid.timeframe];
  const message =
    `Cannot build ${bar} bars from ${stored} candles: ${bar} is no multiple of ${stored}, so that a ` +
    `candle would bring the future into a bar; stored are candles every ${stored} from ` +
    `${formatTimestamp(candles.tsOpenMs[0]!)}, asked for are bars ${grid.text}` +
    nearestText(grid.barMs, storedMs);
  return refusal(message);
}

/** The bars next to those of a length that can be made of stored candles. */
function nearestText(barMs: number, storedMs: number): string {
  const stored = spacingText(storedMs);
  const shorter = Math.floor(barMs / storedMs);
  // bars of several weeks are counted from a Thursday
  const nearest = ["1w", "1M"].includes(stored)
    ? [stored]
    : [shorter, shorter + 1].map((count) => durationText(count * storedMs))
      .filter((text) => barLengthMs(text) !== null);
  return nearest.length === 0
    ? ""
    : `; nearest ${nearest.length === 1 ? "is" : "are"} ${nearest.join(" and ")}`;
}

function shifted(
  { candles, storedMs, grid, marketId }: StoredGridInput,
  { openMs, closeMs }: { readonly openMs: number; readonly closeMs: number },
): Error {
  const stored = spacingText(storedMs);
  const remedy = looksLikeCloses(candles.tsOpenMs, storedMs)
    ? "every stamp lies just before a whole interval, as closes do: --stamp close reads them so"
    : grid.timeframe === "1M" && storedMs === monthMs
    ? "months begin on the first, in the zone of the market's day_start; stamps at the end of their month are " +
      "closes, and --stamp close reads them so"
    : grid.timeframe === "1w" && storedMs > dayMs
    ? "weeks begin on Monday, in the zone of the market's day_start; days fit into them"
    : grid.barMs > dayMs && storedMs === 7 * dayMs
    ? "1w bars begin on Monday"
    : `say where the market's day starts, as in markets.${marketId}.day_start: ` +
      '"17:00 America/New_York" (--day-start)';
  const message = `Cannot build ${grid.timeframe} bars from ${stored} candles: stored are candles every ` +
    `${stored} from ${
      formatTimestamp(openMs)
    }, asked for are bars ${grid.text}, and that candle reaches beyond the ` +
    `bar that closes at ${formatTimestamp(closeMs)}, so that the bar would hold the future; ${remedy}`;
  return refusal(message);
}

function refusal(message: string): Error {
  return validationError(message, [{ path: "body.template.timeframe", code: "value_error", message }]);
}
