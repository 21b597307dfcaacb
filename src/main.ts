import { hostname } from "node:os";
import { StoredCandleFile } from "./adapters/candles/candle_file.ts";
import { FileCandleSource } from "./adapters/candles/file_candle_source.ts";
import { FolderCandleStore } from "./adapters/candles/store/folder_candle_store.ts";
import { readCandles } from "./adapters/candles/read_candle_file.ts";
import { systemClock } from "./adapters/system/clock.ts";
import { createLog, type LogLevel } from "./adapters/system/log.ts";
import { createIndicatorCompute } from "./adapters/wasm/indicator_compute.ts";
import { createPool } from "./adapters/wasm/pool.ts";
import { kernelModule } from "./adapters/wasm/kernel_module.ts";
import { createRuleProbe } from "./adapters/wasm/rule_probe.ts";
import type { CliDeps } from "./cli/deps.ts";
import { exitCode, runCli } from "./cli/program.ts";
import { BacktestError } from "./core/errors/mod.ts";
import type { LogFormat } from "./ports/log.ts";
import { runApiProcess } from "./wiring/api_process.ts";
import { candleFiles } from "./wiring/candle_files.ts";
import { openCandleTable } from "./wiring/candle_table.ts";
import { openCandles } from "./wiring/candles.ts";
import { openSchema, openStores } from "./wiring/database.ts";
import { openDemo } from "./wiring/demo.ts";
import { type Environment, requiredVariable } from "./wiring/environment.ts";
import { readBytes, writeNewFile } from "./wiring/files.ts";
import { readInput } from "./wiring/input.ts";
import { mintToken } from "./wiring/mint_token.ts";
import { withSecretFiles } from "./wiring/secret_files.ts";
import { loadSettings } from "./wiring/settings.ts";
import { stopSignal } from "./wiring/signals.ts";
import { runStartProcess } from "./wiring/start_process.ts";
import { runWorkerProcess } from "./wiring/worker_process.ts";

const localUser = "00000000-0000-4000-8000-000000000001";
const encoder = new TextEncoder();
const err = (text: string) => void Deno.stderr.writeSync(encoder.encode(text));
const env = environment();
const lockedBy = `${hostname().trim() || "unknown-host"}-${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
const clock = systemClock();
const logAt = (level: LogLevel) => (format: LogFormat) =>
  createLog({ write: (line) => err(`${line}\n`), level, format, component: "backtest-job-runner" });
const openLog = logAt("info");

const deps: CliDeps = {
  out: writeOut,
  err,
  interactive: Deno.stderr.isTerminal() && !env.CI && !env.NO_COLOR,
  clock,
  stop: stopSignal(),
  userId: env.BACKTEST_USER_ID?.trim() || localUser,
  newId: () => crypto.randomUUID(),
  variable: (name) => env[name],
  readText: readInput,
  readBytes,
  writeNewFile,
  loadSettings: (options) => loadSettings(options, env),
  openJobs: () =>
    openStores(requiredVariable(env, "STRATEGY_PG_DSN"), { onNotice: (line) => err(`${line}\n`) }),
  openSchema: () =>
    openSchema(requiredVariable(env, "POSTGRES_DSN"), { onNotice: (line) => err(`${line}\n`) }),
  openCompute: createPool,
  indicators: createIndicatorCompute(),
  rules: createRuleProbe(kernelModule),
  openCandles: ({ path, ...options }) => new FileCandleSource({ path, label: path, ...options }),
  openUsualCandles: (config) =>
    openCandles({ env, config, onGuess: ({ file, guess }) => err(`${JSON.stringify(file)} ${guess}\n`) }),
  readCandles: (path, options) => readCandles(path, { ...options, label: path, signal: deps.stop }),
  candleFiles: (path) => candleFiles(path),
  openCandleFile: (path, reading) => new StoredCandleFile({ path, label: path, reading }),
  usualCandles: () => env.CH_HOST === undefined ? "folder" : "clickhouse",
  openCandleStore: (directory) => new FolderCandleStore(directory),
  openExchange: async (name) =>
    await (await import("./adapters/exchange/ccxt_exchange.ts")).openExchange({ name, clock }),
  openCandleTable: (table) => openCandleTable(env, table),
  openDemo: ({ onNotice }) =>
    openDemo({
      clock,
      log: logAt("warn")("text"),
      lockedBy,
      onNotice,
      startedPath: env.BACKTEST_STARTED,
    }),
  mintToken: (options) => mintToken(options, { env, nowMs: clock.nowMs() }),
  runApi: (options) =>
    runApiProcess(options, { env, clock, openLog, lockedBy, devUserId: deps.userId, stop: deps.stop }),
  runStart: (options) =>
    runStartProcess(options, {
      env,
      clock,
      openLog,
      lockedBy,
      devUserId: deps.userId,
      stop: deps.stop,
    }),
  runWorker: (options) => runWorkerProcess(options, { env, clock, openLog, lockedBy, stop: deps.stop }),
};

/** The environment, secrets in files included; one line and the end of the process where one of them cannot be had. */
function environment(): Environment {
  try {
    const read = withSecretFiles(Deno.env.toObject(), (path) => Deno.readTextFileSync(path));
    // the driver of Postgres looks for it itself
    if (read.PGPASSWORD_FILE?.trim() && read.PGPASSWORD) Deno.env.set("PGPASSWORD", read.PGPASSWORD);
    return read;
  } catch (error) {
    err(`${error instanceof BacktestError ? error.message : String(error)}\n`);
    Deno.exit(exitCode.failed);
  }
}

/** Writes all of a text, however large, to stdout; a closed pipe ends the process quietly. */
function writeOut(text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(exitCode.ok);
    throw error;
  }
}

if (import.meta.main) Deno.exit(await runCli(Deno.args, deps));
