import {
  type BadRows,
  candleValues,
  type ExactCandles,
  type Instrument,
  monthMs,
  spacingText,
  type TimeRange,
} from "../core/bars/mod.ts";
import { BacktestError, validationError, warning } from "../core/errors/mod.ts";
import { formatTimestamp } from "../core/text/mod.ts";
import type { CandleFile, CandleFileRules } from "../ports/candle_file.ts";
import type { CandleTable, CandleTableRules } from "../ports/candle_table.ts";
import type { Clock } from "../ports/clock.ts";
import {
  checkCandles,
  type CheckedCandles,
  type ImportProgress,
  importRefusal,
  originOf,
  withoutRows,
} from "./check_candles.ts";
import { candleWindows, tableWindow } from "./candle_windows.ts";
import { unlikeStored } from "./unlike_stored.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** What is imported and where to. */
export interface ImportOptions {
  readonly file: CandleFile;
  /** Name of the file in error texts. */
  readonly label: string;
  readonly table: CandleTable;
  readonly instrument: Instrument;
  /** What the caller says the file's spacing is; else the smallest spacing found must be the table's. */
  readonly timeframeMs?: number | undefined;
  /** What becomes of rows that no candle can be like. */
  readonly badRows: BadRows;
  /** Makes the table first, unless it is there. */
  readonly createTable?: boolean;
  /** Reads and compares only. */
  readonly dryRun?: boolean;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: ImportProgress) => void;
}

/** What an import did, or would do. */
export interface ImportResult {
  /** Rows of the file, without those that were left out. */
  readonly rows: number;
  readonly first_ts_open: string;
  readonly last_ts_open: string;
  /** Rows the table did not have. */
  readonly inserted: number;
  /** Rows the table had with other values; the new ones count from now on. */
  readonly replaced: number;
  /** Rows that are there already. */
  readonly unchanged: number;
  /** Rows that no candle can be like, and that were left out. */
  readonly skipped: number;
  /** What was found about the file, `code: sentence` each. */
  readonly warnings: readonly string[];
  /** What was told from the file rather than known; null where nothing was. */
  readonly guess: string | null;
  readonly dry_run: boolean;
}

/**
 * Brings the rows of a file into a table of candles. The whole file is read and checked before the first row is
 * written, so a bad file leaves the table as it was. Then it is read again, window by window, and compared with what
 * counts in the table: only rows that are missing or differ are written, the latter with a later `ingested_at` than the
 * row they replace, and at the end where they came from. So an import that was cut off, or is run twice, ends with the rows of one.
 */
export async function importCandles(options: ImportOptions): Promise<ImportResult> {
  const { table, instrument, clock, dryRun = false, onProgress } = options;
  const ended = options.signal ? { signal: options.signal } : {};
  if (options.createTable && !dryRun) await table.create(ended);
  const { tableRules, unasked } = await rulesOf(options, ended);
  requireMarket(instrument, tableRules);
  const rules = fileRules(tableRules);
  const found = await checkForTable(options, { rules, everyMs: tableRules.timeframeMs });
  if (unasked !== null) {
    return summary(options, { found, counts: { inserted: found.rows, replaced: 0, unchanged: 0 }, unasked });
  }
  const result = { inserted: 0, replaced: 0, unchanged: 0 };
  let rows = 0;
  const fileRows = withoutRows(options.file.rows(rules, ended), found.bad);
  for await (const window of candleWindows(fileRows, tableWindow(tableRules.timeframeMs))) {
    const stored = await table.load({ instrument, range: rangeOf(window, tableRules.timeframeMs) }, ended);
    const { candles, replaced } = unlikeStored({ rows: window, stored }, {
      precision: tableRules.precision,
      nowMs: clock.nowMs(),
    });
    const count = candles.tsOpenMs.length;
    if (count > 0 && !dryRun) await table.insert({ instrument, candles }, ended);
    result.inserted += count - replaced;
    result.replaced += replaced;
    result.unchanged += window.tsOpenMs.length - count;
    rows += window.tsOpenMs.length;
    onProgress?.({ stage: "importing", rows, totalRows: found.rows });
  }
  const origin = originOf({ label: options.label, found, guess: options.file.guess });
  const isNoted = dryRun || await table.note({ instrument, origin }, ended);
  return summary(options, { found, counts: result, unasked, isNoted });
}

function summary(
  { file, dryRun = false }: ImportOptions,
  { found, counts, unasked, isNoted = true }: {
    readonly found: CheckedCandles;
    readonly counts: Pick<ImportResult, "inserted" | "replaced" | "unchanged">;
    readonly unasked: string | null;
    readonly isNoted?: boolean;
  },
): ImportResult {
  const notCompared = unasked === null
    ? []
    : [warning("not_compared", `the table was not asked what it has: ${unasked}`)];
  const notNoted = isNoted ? [] : [
    warning(
      "import_not_noted",
      "where the rows came from, and what was guessed, is not kept: the database has no table candle_imports that may be " +
        "written; --create-table makes it",
    ),
  ];
  return {
    rows: found.rows,
    first_ts_open: formatTimestamp(found.firstMs),
    last_ts_open: formatTimestamp(found.lastMs),
    ...counts,
    skipped: found.bad.length,
    warnings: [...found.warnings, ...notCompared, ...notNoted],
    guess: file.guess,
    dry_run: dryRun,
  };
}

/** What the table can hold; of one that does not answer, in a dry run, what one that is made can. */
async function rulesOf(
  { table, dryRun = false }: ImportOptions,
  ended: { readonly signal?: AbortSignal },
): Promise<{ readonly tableRules: CandleTableRules; readonly unasked: string | null }> {
  try {
    return { tableRules: await table.check(ended), unasked: null };
  } catch (error) {
    const isAway = error instanceof BacktestError && error.code === "market_data_unavailable";
    if (!dryRun || !isAway) throw error;
    return { tableRules: table.madeRules(), unasked: error.message };
  }
}

async function checkForTable(
  options: ImportOptions,
  { rules, everyMs }: { readonly rules: CandleFileRules; readonly everyMs: number },
): Promise<CheckedCandles> {
  const { label, timeframeMs } = options;
  const found = await checkCandles(options, rules);
  // days on which clocks change have 23 or 25 hours, and months have all lengths
  const apartMs = everyMs < dayMs ? found.smallestMs : found.spacingMs;
  const every = spacingText(everyMs);
  if (timeframeMs === undefined && apartMs !== null && apartMs !== everyMs) {
    throw importRefusal(
      label,
      `its rows are ${spacingText(apartMs)} apart or more, the table holds candles of ${every}; ` +
        `--candle-timeframe ${every} says that they are such with holes`,
    );
  }
  const { smallestMs } = found;
  if (smallestMs !== null && smallestMs < shortestMs(everyMs)) {
    throw importRefusal(
      label,
      `some of its rows are only ${spacingText(smallestMs)} apart, the table holds candles of ${every}`,
    );
  }
  if (timeframeMs !== undefined && timeframeMs !== everyMs) {
    throw importRefusal(
      label,
      `its timeframe is ${spacingText(timeframeMs)}, the table holds candles of ${every}`,
    );
  }
  return found;
}

/** The least distance of candles of a length. */
function shortestMs(everyMs: number): number {
  if (everyMs === monthMs) return 28 * dayMs - hourMs;
  return everyMs < dayMs ? everyMs : everyMs - hourMs;
}

function fileRules({ timeframeMs, times, missing, limits }: CandleTableRules): CandleFileRules {
  const required = candleValues.filter((name) => missing[name] === "refused");
  // bars of an hour or more may start with the market's days
  const everyMs = timeframeMs < hourMs ? timeframeMs : minuteMs;
  return { everyMs, lengthMs: timeframeMs, ...times, required, limits };
}

function requireMarket({ market_id }: Instrument, { marketIdMax }: CandleTableRules): void {
  if (market_id <= marketIdMax) return;
  const message =
    `Cannot import candles of market ${market_id}: the table's market_id holds at most ${marketIdMax}`;
  throw validationError(message, [{ path: "market_id", code: "value_error", message }]);
}

function rangeOf({ tsOpenMs }: ExactCandles, everyMs: number): TimeRange {
  return { startMs: tsOpenMs[0]!, endMs: tsOpenMs[tsOpenMs.length - 1]! + everyMs };
}
