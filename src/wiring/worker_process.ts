import { tlsFiles } from "../adapters/postgres/dsn_tls.ts";
import { workerSchemaMin } from "../adapters/postgres/require_schema.ts";
import { startMetricsServer } from "../adapters/prometheus/metrics_server.ts";
import { prometheusMetrics } from "../adapters/prometheus/runner_metrics.ts";
import { prometheusTaskMetrics } from "../adapters/prometheus/task_metrics.ts";
import { createPool } from "../adapters/wasm/pool.ts";
import { shutdownGraceMs } from "../core/limits/mod.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log, LogFormat } from "../ports/log.ts";
import { race } from "../ports/race.ts";
import { passes } from "../usecases/readiness_check.ts";
import { runWorker } from "../worker/worker.ts";
import { candleFolders, openCandles } from "./candles.ts";
import { checkCandles } from "./check_candles.ts";
import { checkDatabase } from "./check_database.ts";
import { borrowed, type OpenStores, openStores, openWakeups } from "./database.ts";
import { engineHash } from "./engine_hash.ts";
import { type Environment, requiredVariable } from "./environment.ts";
import { keepReading } from "./keep_reading.ts";
import { keepAlive } from "./last_resort.ts";
import { observe } from "./observed.ts";
import { type LoadedSettings, loadSettings, type SettingsOptions } from "./settings.ts";
import { workerDeps } from "./worker_deps.ts";

/** What the process gives to a worker. */
export interface WorkerProcess {
  readonly env: Environment;
  readonly clock: Clock;
  /** Makes the log, once it is known how its lines are to be written. */
  readonly openLog: (format: LogFormat) => Log;
  /** `<hostname>-<pid>` and a suffix that tells two containers with pid 1 apart. */
  readonly lockedBy: string;
  readonly stop: AbortSignal;
  /** A database opened already; the one of the environment unless given. */
  readonly stores?: OpenStores;
}

/** What the command line says about a worker. */
export interface WorkerOptions extends SettingsOptions {
  /** Where metrics are served; 0 takes any free port. */
  readonly metricsPort?: number;
  /** Address metrics are served on; loopback unless given. */
  readonly metricsHost?: string;
}

/**
 * Runs a worker until `stop` and returns the exit code. Something that hangs then, such as a database that does not
 * answer, does not keep the process: after a grace it returns 0 all the same, and what is left of the job's lease
 * runs out by itself.
 */
export async function runWorkerProcess(options: WorkerOptions, process: WorkerProcess): Promise<number> {
  const { env, clock, lockedBy, stop } = process;
  const settings = await loadSettings(options, env);
  const log = process.openLog(settings.config.log.format);
  const running = runToTheEnd(options, { ...process, log, settings });
  const code = await race(() => running, { abort: { signal: stop, aborted: () => "stopping" as const } });
  if (code !== "stopping") return code;
  const late = () => {
    log.warn("shutdown_forced", { locked_by: lockedBy, after_ms: shutdownGraceMs });
    return 0;
  };
  return await race(() => running, { deadline: { clock, ms: shutdownGraceMs, late } });
}

/** A process that has read its config. */
interface LoggedProcess extends WorkerProcess {
  readonly log: Log;
  readonly settings: LoadedSettings;
}

/**
 * Starts a worker in the order that fails earliest: config, the disabled toggle, environment, database and schema,
 * compute, metrics port; then claims until `stop`.
 */
async function runToTheEnd(
  options: WorkerOptions,
  process: LoggedProcess,
): Promise<number> {
  const { env, clock, log, lockedBy, stop, settings } = process;
  const { config, configPath } = settings;
  using _alive = keepAlive(log);
  for (const warning of config.warnings) log.warn("config_warning", { warning });
  if (!config.jobs.enabled) {
    log.info("", { status: "disabled", config_path: configPath });
    return 0;
  }
  const candleOptions = { env, config, candlesDirectory: options.candlesDirectory };
  const candles = openCandles({
    ...candleOptions,
    onGuess: ({ file, guess }) => log.info("candles_told", { file, guess }),
  });
  await checkCandles(candleOptions, log);
  await keepReading([...candleFolders(config), ...tlsFiles(env.STRATEGY_PG_DSN ?? "")]);
  await using stores = await open(process);
  await using wakeups = openWakeups(stores, { listenerId: lockedBy, clock, log, random: Math.random });
  await using pool = createPool({ threads: config.cpu.max_threads });
  await using observed = observe({ env, clock, pool, candles, stores });
  const { registry, compute } = observed;
  const metrics = prometheusMetrics(registry);
  await using server = startMetricsServer({
    port: options.metricsPort ?? 9204,
    ...(options.metricsHost === undefined ? {} : { hostname: options.metricsHost }),
    registry,
    ready: () => passes({ name: "database", check: () => checkDatabase(stores.jobs) }, { clock, log }),
  });
  log.info("metrics_started", { metrics_port: server.port });
  const deps = workerDeps(
    {
      ...stores,
      wakeups,
      candles: observed.candles,
      compute,
      clock,
      log,
      metrics,
      sharing: {
        coordinator: stores.coordinator,
        tasks: stores.tasks,
        metrics: prometheusTaskMetrics(registry),
        moduleHash: engineHash(stores),
      },
    },
    settings,
  );
  await runWorker(deps, { lockedBy, stop });
  log.info("worker_stopped", { locked_by: lockedBy });
  return 0;
}

async function open({ env, log, stores }: LoggedProcess): Promise<OpenStores> {
  if (stores) return borrowed(stores);
  const dsn = requiredVariable(env, "STRATEGY_PG_DSN");
  return await openStores(dsn, {
    onNotice: (line) => log.info("database_notice", { line }),
    schemaMin: workerSchemaMin,
  });
}
