import { type Command, Option } from "commander";
import type { BacktestClient } from "../../client/client.ts";
import { BacktestError, validationError } from "../../core/errors/mod.ts";
import { readerPart } from "../../schema/file_reading.ts";
import { type ImportProgress, spacingOf } from "../../usecases/check_candles.ts";
import { importCandles, type ImportResult } from "../../usecases/import_candles.ts";
import { storeCandles, type StoreResult } from "../../usecases/store_candles.ts";
import type { CliDeps } from "../deps.ts";
import { remoteClient, type RemoteOptions, withApi } from "../jobs/remote.ts";
import { positiveInteger, symbol, timeframe } from "../options.ts";
import { addReadingOptions, guessLine, readingOf, type ReadingOptions } from "../reading_options.ts";
import { progressView } from "../render/progress.ts";
import { warningLines } from "../render/warning_lines.ts";
import { uploadFiles } from "./upload.ts";

interface ImportCommandOptions extends ReadingOptions, RemoteOptions {
  readonly file: string;
  readonly market: number;
  readonly symbol: string;
  readonly to?: "folder" | "clickhouse";
  readonly candleTimeframe?: number;
  readonly config?: string;
  readonly createTable?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `candles import`: brings the rows of files into the candle folder or the candle table. */
export function addImportCommand(candles: Command, deps: CliDeps): void {
  const command = withApi(
    candles.command("import"),
    { what: "bring them to the API at this address, as candles of who the token names" },
  )
    .description(
      "Bring the candles of files into the candle folder, or minutes into the ClickHouse table; twice changes nothing",
    )
    .requiredOption("--file <path>", "a file of any format, a folder or a pattern of them")
    .requiredOption("--market <id>", "market id", positiveInteger)
    .requiredOption("--symbol <name>", "symbol; stored in capitals, as requests ask for it", symbol)
    .addOption(
      new Option("--to <where>", "default: clickhouse where CH_HOST is set, else folder, as workers read")
        .choices(["folder", "clickhouse"]),
    )
    .option("--candle-timeframe <tf>", "timeframe of the rows, however far apart they are", timeframe);
  addReadingOptions(command)
    .option(
      "--config <file>",
      "runtime config, for candles.directory, candles.bad_rows and markets.<id>.files",
    )
    .option("--create-table", "make database and table first, unless they are there")
    .option("--dry-run", "only say what would be written; of the folder no server is needed")
    .option("--json", "print one JSON object")
    .action((options: ImportCommandOptions) => importFile(options, deps));
}

async function importFile(options: ImportCommandOptions, deps: CliDeps): Promise<void> {
  const client = remoteClient(options, deps);
  if (client !== null) return await importRemotely(options, { client, deps });
  const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
  const reading = readingOf(options, config.markets[options.market]?.files);
  const file = deps.openCandleFile(options.file, readerPart(reading));
  const view = progressView({ interactive: deps.interactive, clock: deps.clock, write: deps.err });
  const given = {
    file,
    label: options.file,
    instrument: { market_id: options.market, symbol: options.symbol },
    timeframeMs: options.candleTimeframe,
    badRows: reading.badRows ?? config.candles.bad_rows ?? "refuse",
    dryRun: options.dryRun ?? false,
    signal: deps.stop,
    onProgress: (progress: ImportProgress) => view.update(shown(progress)),
  };
  try {
    const { name, result } = (options.to ?? deps.usualCandles()) === "clickhouse"
      ? await intoTable(given, { tables: config.candles.tables, options, deps })
      : await intoFolder(given, { directory: config.candles.directory, deps });
    view[Symbol.dispose]();
    if (file.guess !== null) deps.err(guessLine(options.file, file.guess));
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

async function importRemotely(
  options: ImportCommandOptions,
  { client, deps }: { readonly client: BacktestClient; readonly deps: CliDeps },
): Promise<void> {
  for (const name of ["to", "createTable"] as const) {
    if (options[name] === undefined) continue;
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const message = `Cannot use ${flag} with --api: the API keeps candles where its own config says`;
    throw validationError(message, [{ path: flag, code: "invalid_value", message }]);
  }
  const { schema_version: _, ...result } = await uploadFiles(
    { ...options, reading: readingOf(options) },
    { client, deps },
  );
  if (result.guess !== null) deps.err(guessLine(options.file, result.guess));
  deps.err(warningLines(result.warnings));
  deps.out(
    options.json ? `${JSON.stringify({ table: options.api, ...result })}\n` : lines(result, options.api!),
  );
}

type Given = Omit<Parameters<typeof importCandles>[0], "table" | "clock" | "createTable">;

async function intoTable(
  given: Given,
  { tables, options, deps }: {
    readonly tables: readonly { readonly name: string; readonly timeframeMs: number }[];
    readonly options: ImportCommandOptions;
    readonly deps: CliDeps;
  },
) {
  const timeframeMs = given.timeframeMs ?? (tables.length > 1 ? await spacingOf(given) : null);
  const chosen = tables.find((table) => table.timeframeMs === timeframeMs) ?? tables[0]!;
  const { table, name } = deps.openCandleTable(chosen);
  const createTable = options.createTable ?? false;
  return { name, result: await importCandles({ ...given, table, createTable, clock: deps.clock }) };
}

async function intoFolder(
  given: Given,
  { directory, deps }: { readonly directory: string; readonly deps: CliDeps },
) {
  const store = deps.openCandleStore(directory);
  return { name: store.name, result: await storeCandles({ ...given, store }) };
}

function shown({ stage, rows, totalRows }: ImportProgress) {
  return { state: "running", stage, processedUnits: rows, totalUnits: Math.max(rows, totalRows) };
}

function lines({ dry_run, ...result }: ImportResult | StoreResult, table: string): string {
  const { rows, first_ts_open, last_ts_open, inserted, replaced, unchanged } = result;
  const every = "timeframe" in result ? `, every ${result.timeframe}` : "";
  const columns = "further_columns" in result ? result.further_columns : [];
  const further = columns.length === 0 ? [] : [`further columns: ${columns.join(", ")}`];
  return [
    `${rows} rows${every}, ${first_ts_open} to ${last_ts_open}`,
    `${table}${
      dry_run ? ", dry run" : ""
    }: ${inserted} new, ${replaced} replaced, ${unchanged} already there`,
    ...further,
    "",
  ].join("\n");
}
