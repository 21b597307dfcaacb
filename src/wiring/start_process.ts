import { fileURLToPath } from "node:url";
import { BacktestError } from "../core/errors/mod.ts";
import { redactSecrets } from "../core/text/mod.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log, LogFormat } from "../ports/log.ts";
import { runApiProcess } from "./api_process.ts";
import { openStores } from "./database.ts";
import type { Environment } from "./environment.ts";
import { reason } from "./input.ts";
import { loadSettings } from "./settings.ts";
import { runWorkerProcess } from "./worker_process.ts";

/** What the process gives to the engine in one piece. */
export interface StartProcess {
  readonly env: Environment;
  readonly clock: Clock;
  /** Makes the log, once it is known how its lines are to be written. */
  readonly openLog: (format: LogFormat) => Log;
  readonly lockedBy: string;
  /** Owner of everything: there is no login on the own machine. */
  readonly devUserId: string;
  readonly stop: AbortSignal;
}

/** What the command line says about it. */
export interface StartOptions {
  /** Holds `postgres/`, `candles/` and `uploads/`; made when missing, kept afterwards. */
  readonly dataDirectory: string;
  readonly configPath?: string;
  readonly port?: number;
}

const example = new URL("../../docs/examples/sp500-daily.csv", import.meta.url);
const devConfig = fileURLToPath(new URL("../../configs/dev/backtest.yaml", import.meta.url));

/**
 * Runs API and worker over one embedded database until `stop`, and returns the exit code. When one of the two ends
 * early, the other is stopped, too. Rejects with one line that names a data folder that cannot be used. Jobs, strategies and candle files in the data folder survive a restart.
 */
export async function runStartProcess(options: StartOptions, process: StartProcess): Promise<number> {
  const candlesDirectory = `${options.dataDirectory}/candles`;
  const uploadsDirectory = `${options.dataDirectory}/uploads`;
  const common = { candlesDirectory, uploadsDirectory, configPath: options.configPath ?? devConfig };
  const { env, openLog } = process;
  const { config } = await loadSettings(common, env);
  const log = openLog(config.log.format);
  await placeExampleCandles(candlesDirectory).catch((cause) => {
    const message = `Cannot use "${options.dataDirectory}" as data folder: ${reason(cause)}`;
    throw new BacktestError("validation_error", message, { cause });
  });
  await using stores = await openStores(`embedded:${options.dataDirectory}/postgres`, {
    migrate: true,
    onNotice: (line) => log.info("database_notice", { line }),
  });
  log.info("database_started", { database: stores.description, dsn: redactSecrets(stores.dsn) });
  const ended = new AbortController();
  const shared = { ...process, stores, stop: AbortSignal.any([process.stop, ended.signal]) };
  const parts = [
    runApiProcess({ ...common, ...(options.port === undefined ? {} : { port: options.port }) }, {
      ...shared,
      alone: true,
    }),
    runWorkerProcess({ ...common, metricsPort: 0 }, shared),
  ];
  const first = await Promise.race(parts.map((part) => part.catch(() => 1)));
  ended.abort();
  await Promise.allSettled(parts);
  await Promise.all(parts);
  return first;
}

/** The example's candles, unless the folder has some of that name. */
async function placeExampleCandles(directory: string): Promise<void> {
  await Deno.mkdir(`${directory}/100`, { recursive: true });
  const bytes = await Deno.readFile(example);
  try {
    await Deno.writeFile(`${directory}/100/SP500.csv`, bytes, { createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
