import { fileURLToPath } from "node:url";
import { candlePaths } from "../../src/adapters/candles/bytes/candle_paths.ts";
import { StoredCandleFile } from "../../src/adapters/candles/candle_file.ts";
import { DirectoryCandleSource } from "../../src/adapters/candles/directory_candle_source.ts";
import { FileCandleSource } from "../../src/adapters/candles/file_candle_source.ts";
import { FolderCandleStore } from "../../src/adapters/candles/store/folder_candle_store.ts";
import { readCandles } from "../../src/adapters/candles/read_candle_file.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { createIndicatorCompute } from "../../src/adapters/wasm/indicator_compute.ts";
import { createRuleProbe } from "../../src/adapters/wasm/rule_probe.ts";
import { moduleCompute } from "../../src/adapters/wasm/module_compute.ts";
import type { CliDeps } from "../../src/cli/deps.ts";
import { runCli } from "../../src/cli/program.ts";
import type { CandleTable } from "../../src/ports/candle_table.ts";
import { readInput } from "../../src/wiring/input.ts";
import { loadSettings } from "../../src/wiring/settings.ts";

const root = new URL("../../", import.meta.url);
const module = await WebAssembly.compile(await Deno.readFile(new URL("build/backtest.wasm", root)));
const configPath = fileURLToPath(new URL("configs/test/backtest.yaml", root));
const indicators = createIndicatorCompute();

/** What a command line gets besides its arguments. */
export interface InProcess {
  /** What `-` reads. */
  readonly stdin?: string;
  /** Where `candles import` writes. */
  readonly table?: CandleTable;
  /** Folder of `candles import` where no table is given, of `candles list`, and of `scenario run` without a file. */
  readonly store?: string;
  readonly clock?: CliDeps["clock"];
  /** What `candles fetch` fetches from. */
  readonly openExchange?: CliDeps["openExchange"];
}

/**
 * Runs a command line that reads candle files in this process, without a start of its own: `backtest`, `indicator` and
 * `candles import` as the program runs them, with the test config.
 */
export async function runInProcess(
  args: readonly string[],
  { stdin, table, store, clock, openExchange }: InProcess = {},
) {
  let [stdout, stderr] = ["", ""];
  const given: Partial<CliDeps> = {
    out: (text) => void (stdout += text),
    err: (text) => void (stderr += text),
    interactive: false,
    clock: clock ?? systemClock(),
    ...(openExchange === undefined ? {} : { openExchange }),
    stop: new AbortController().signal,
    indicators,
    rules: createRuleProbe(() => module),
    readText: async (path) => path === "-" ? stdin! : await readInput(path),
    loadSettings: (options) => loadSettings({ configPath, ...options }, {}),
    openCompute: () => moduleCompute(module),
    openCandles: ({ path, ...options }) =>
      new FileCandleSource({ path, label: path.split("/").at(-1)!, ...options }),
    openUsualCandles: (config) =>
      new DirectoryCandleSource({ directory: store ?? config.candles.directory, badRows: null }),
    userId: "00000000-0000-4000-8000-000000000001",
    newId: () => "11111111-1111-4111-8111-111111111111",
    readCandles: (path, options) => readCandles(path, { ...options, label: path.split("/").at(-1)! }),
    candleFiles: (path) => candlePaths([path]),
    openCandleFile: (path, reading) =>
      new StoredCandleFile({ path, label: path.split("/").at(-1)!, reading }),
    usualCandles: () => table === undefined ? "folder" : "clickhouse",
    openCandleStore: (directory) => new FolderCandleStore(store ?? directory),
    openCandleTable: () => ({ table: table!, name: "the table" }),
  };
  const deps = new Proxy(given as CliDeps, {
    get(target, name, receiver) {
      if (name in target) return Reflect.get(target, name, receiver);
      throw new Error(`these commands do not need ${String(name)}`);
    },
  });
  const code = await runCli(args, deps);
  return { code, stdout, stderr };
}
