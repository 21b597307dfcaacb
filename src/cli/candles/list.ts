import Table from "cli-table3";
import { type Command, Option } from "commander";
import { spacingText } from "../../core/bars/mod.ts";
import { formatTimestamp } from "../../core/text/mod.ts";
import type { HandFile, StoredInstrument } from "../../ports/candle_store.ts";
import type { CliDeps } from "../deps.ts";
import { remoteClient, type RemoteOptions, withApi } from "../jobs/remote.ts";
import { shellWord } from "../render/shell_word.ts";

interface ListOptions extends RemoteOptions {
  readonly in?: "folder" | "clickhouse";
  readonly config?: string;
  readonly json?: boolean;
}

/** `candles list`: what was imported into the candle folder, or uploaded to an API. */
export function addListCommand(candles: Command, deps: CliDeps): void {
  withApi(candles.command("list"), {
    what: "list what was uploaded to the API at this address",
  })
    .description(
      "List what is in the candle folder or the ClickHouse tables: instrument, timeframe, range, rows, files",
    )
    .addOption(
      new Option("--in <where>", "default: clickhouse where CH_HOST is set, else folder, as workers read")
        .choices(["folder", "clickhouse"]),
    )
    .option("--config <file>", "runtime config, for candles.directory and candles.tables")
    .option("--json", "print one JSON object an instrument and timeframe, each on a line")
    .action(async (options: ListOptions) => {
      const { name, found, byHand = [] } = await listed(options, deps);
      if (options.json) {
        const each = [...found, ...byHand.map((file) => ({ ...file, by_hand: true }))];
        return deps.out(each.map((stored) => `${JSON.stringify(stored)}\n`).join(""));
      }
      deps.out(found.length === 0 ? `nothing was imported into ${name}\n` : `${tableOf(found)}\n`);
      if (byHand.length > 0) deps.out(handLines(byHand, name));
    });
}

/** What was put there by hand, and how it is taken in. */
function handLines(files: readonly HandFile[], folder: string): string {
  const lines = files.slice(0, handMax).map(({ file, instrument, is_read }) => {
    if (instrument === null) {
      return `  ${file}: read by nothing, its name is no instrument's; names are in capitals, as in BTCUSDT.csv`;
    }
    const { market_id, symbol } = instrument;
    const command =
      `candles import --to folder --file ${shellWord(`${folder}/${file}`)} --market ${market_id} ` +
      `--symbol ${shellWord(symbol)}`;
    return is_read
      ? `  ${file}: read as it is by jobs; ${command} takes it in`
      : `  ${file}: not read, as what was imported or another file counts before it; ${command} takes it in`;
  });
  const more = files.length > handMax ? [`  and ${files.length - handMax} more`] : [];
  return [`put into ${folder} by hand:`, ...lines, ...more, ""].join("\n");
}

/** More are counted. */
const handMax = 50;

/** What is where. */
interface Listed {
  readonly name: string;
  readonly found: readonly StoredInstrument[];
  /** Of a folder: files that were put there and not imported. */
  readonly byHand?: readonly HandFile[];
}

async function listed(options: ListOptions, deps: CliDeps): Promise<Listed> {
  const client = remoteClient(options, deps);
  if (client !== null) {
    const { items } = await client.listCandles({ signal: deps.stop });
    const found = items.map((
      { instrument_id, timeframe, rows, first_ts_open, last_ts_open, sources, further_columns },
    ) => ({
      instrument: instrument_id,
      timeframe,
      rows,
      first: first_ts_open,
      last: last_ts_open,
      origins: sources,
      further_columns,
    }));
    return { name: options.api!, found };
  }
  const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
  if ((options.in ?? deps.usualCandles()) === "clickhouse") {
    return await tablesOf(config.candles.tables, deps);
  }
  const store = deps.openCandleStore(config.candles.directory);
  return { name: store.name, found: await store.list(), byHand: await store.byHand() };
}

async function tablesOf(
  tables: readonly { readonly name: string; readonly timeframeMs: number }[],
  deps: CliDeps,
): Promise<Listed> {
  const found: StoredInstrument[] = [];
  const names: string[] = [];
  for (const one of tables) {
    const { table, name } = deps.openCandleTable(one);
    names.push(name);
    for (const { instrument, rows, firstMs, lastMs, origins } of await table.list({ signal: deps.stop })) {
      const [first, last] = [formatTimestamp(firstMs), formatTimestamp(lastMs)];
      const timeframe = spacingText(one.timeframeMs);
      found.push({ instrument, timeframe, rows, first, last, origins, further_columns: [] });
    }
  }
  return { name: names.join(" and "), found };
}

function tableOf(found: readonly StoredInstrument[]): string {
  const table = new Table({
    head: ["market", "symbol", "timeframe", "first", "last", "rows", "files", "further columns"],
    style: { head: [], border: [], compact: true },
  });
  for (const { instrument, timeframe, first, last, rows, origins, further_columns } of found) {
    const files = origins.slice(0, 3).map(({ file }) => file).join(", ");
    const more = origins.length > 3 ? ` and ${origins.length - 3} more` : "";
    const row = [instrument.market_id, instrument.symbol, timeframe, first, last, rows, `${files}${more}`];
    table.push([
      ...row,
      further_columns.slice(0, 5).join(", ") + (further_columns.length > 5 ? ", ..." : ""),
    ]);
  }
  return table.toString();
}
