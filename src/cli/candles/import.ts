import { type Command, InvalidArgumentError } from "commander";
import { BacktestError } from "../../core/errors/mod.ts";
import { importCandles, type ImportProgress, type ImportResult } from "../../usecases/import_candles.ts";
import type { CliDeps } from "../deps.ts";
import { positiveInteger, timeframe } from "../options.ts";
import { readerPart } from "../../schema/file_reading.ts";
import { addReadingOptions, readingOf, type ReadingOptions } from "../reading_options.ts";
import { progressView } from "../render/progress.ts";
import { warningLines } from "../render/warning_lines.ts";

interface ImportCommandOptions extends ReadingOptions {
  readonly file: string;
  readonly market: number;
  readonly symbol: string;
  readonly candleTimeframe?: number;
  readonly config?: string;
  readonly createTable?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `candles import`: brings the rows of a file into the candle table. */
export function addImportCommand(candles: Command, deps: CliDeps): void {
  const command = candles.command("import")
    .description(
      "Bring the minute candles of a CSV or Parquet file into the table; running it twice changes nothing",
    )
    .requiredOption("--file <path>", "columns ts_open, open, high, low, close, volume")
    .requiredOption("--market <id>", "market id", positiveInteger)
    .requiredOption("--symbol <name>", "symbol; stored in capitals, as requests ask for it", symbol)
    .option("--candle-timeframe <tf>", "1m: the rows are minutes, however far apart they are", timeframe);
  addReadingOptions(command)
    .option("--config <file>", "runtime config, for candles.bad_rows")
    .option("--create-table", "make database and table first, unless they are there")
    .option("--dry-run", "only say what would be written")
    .option("--json", "print one JSON object")
    .action((options: ImportCommandOptions) => importFile(options, deps));
}

async function importFile(options: ImportCommandOptions, deps: CliDeps): Promise<void> {
  const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
  const reading = readingOf(options, config.candles.files[options.market]);
  const { table, name } = deps.openCandleTable();
  const view = progressView({ interactive: deps.interactive, clock: deps.clock, write: deps.err });
  try {
    const result = await importCandles({
      file: deps.openCandleFile(options.file, readerPart(reading)),
      label: options.file,
      table,
      instrument: { market_id: options.market, symbol: options.symbol },
      timeframeMs: options.candleTimeframe,
      badRows: reading.badRows ?? config.candles.badRows ?? "refuse",
      createTable: options.createTable ?? false,
      dryRun: options.dryRun ?? false,
      clock: deps.clock,
      signal: deps.stop,
      onProgress: (progress) => view.update(shown(progress)),
    });
    view[Symbol.dispose]();
    deps.err(warningLines(result.warnings));
    deps.out(options.json ? `${JSON.stringify({ table: name, ...result })}\n` : lines(result, name));
  } catch (error) {
    if (!deps.stop.aborted) throw error;
    const message = `Cannot finish the import of "${options.file}": interrupted; run it again for the rest`;
    throw new BacktestError("unexpected_error", message, { cause: error });
  } finally {
    view[Symbol.dispose]();
  }
}

function shown({ stage, rows, totalRows }: ImportProgress) {
  return { state: "running", stage, processedUnits: rows, totalUnits: Math.max(rows, totalRows) };
}

function lines({ dry_run, ...result }: ImportResult, table: string): string {
  const { rows, first_ts_open, last_ts_open, inserted, replaced, unchanged } = result;
  return [
    `${rows} rows, ${first_ts_open} to ${last_ts_open}`,
    `${table}${
      dry_run ? ", dry run" : ""
    }: ${inserted} new, ${replaced} replaced, ${unchanged} already there`,
    "",
  ].join("\n");
}

function symbol(text: string): string {
  const name = text.trim().toUpperCase();
  if (name === "") throw new InvalidArgumentError("expected a symbol");
  return name;
}
