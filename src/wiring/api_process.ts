import type { Registry } from "prom-client";
import { tlsFiles } from "../adapters/postgres/dsn_tls.ts";
import { prometheusApiMetrics } from "../adapters/prometheus/api_metrics.ts";
import { registerQueueMetrics } from "../adapters/prometheus/queue_metrics.ts";
import { docsAsset } from "../adapters/swagger_ui/docs_asset.ts";
import { kernelModule } from "../adapters/wasm/kernel_module.ts";
import { createRuleProbe } from "../adapters/wasm/rule_probe.ts";
import { createIndicatorCompute } from "../adapters/wasm/indicator_compute.ts";
import { createPool } from "../adapters/wasm/pool.ts";
import { createApp } from "../api/app.ts";
import { createAuthenticator, secretVariable } from "../api/auth/authenticator.ts";
import type { ApiJobs, ApiRuns, ApiScenarios } from "../api/deps.ts";
import { rateLimiter } from "../api/limits/rate_limit.ts";
import type { Config } from "../config.ts";
import { marketLookup } from "../core/bars/mod.ts";
import { apiCancelMs, apiDrainMs } from "../core/limits/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { Clock } from "../ports/clock.ts";
import type { Compute } from "../ports/compute.ts";
import type { Log, LogFormat } from "../ports/log.ts";
import { race, whenAborted } from "../ports/race.ts";
import { scenarioTasks } from "../usecases/scenario_tasks.ts";
import type { ReadinessCheck } from "../usecases/readiness_check.ts";
import { candleFolders, openCandles } from "./candles.ts";
import { checkCandles } from "./check_candles.ts";
import { checkCompute } from "./check_compute.ts";
import { checkDatabase } from "./check_database.ts";
import { borrowed, type OpenStores, openStores, openWakeups } from "./database.ts";
import { type Environment, requiredVariable } from "./environment.ts";
import { startHttpServer } from "./http_server.ts";
import { readInput } from "./input.ts";
import { keepReading } from "./keep_reading.ts";
import { keepAlive } from "./last_resort.ts";
import { observe } from "./observed.ts";
import { openOwnCandles } from "./own_candles.ts";
import { openRuns } from "./runs.ts";
import { requireIssuer } from "./require_issuer.ts";
import { requireKeysHost } from "./require_keys_host.ts";
import { type LoadedSettings, loadSettings, type SettingsOptions } from "./settings.ts";

/** What the process gives to the API. */
export interface ApiProcess {
  readonly env: Environment;
  readonly clock: Clock;
  /** Makes the log, once it is known how its lines are to be written. */
  readonly openLog: (format: LogFormat) => Log;
  /** Who everyone is in mode `dev`. */
  readonly devUserId: string;
  /** Who this process is for the runs it holds. */
  readonly lockedBy: string;
  readonly stop: AbortSignal;
  /** A database opened already; the one of the environment unless given. */
  readonly stores?: OpenStores;
  /** Whether no other process serves this database: what was left behind by one before is failed at once. */
  readonly alone?: boolean;
}

/** What the command line says about the API; absent members are the config's. */
export interface ApiOptions extends SettingsOptions {
  readonly host?: string;
  readonly port?: number;
}

/**
 * Serves the API until `stop` and returns the exit code. Then it is no longer ready, event streams end, no run begins, and
 * answers and scenarios under way may end; runs that do not within {@link apiDrainMs} are cancelled, scenarios fail, and who
 * has not read his answer {@link apiCancelMs} later is cut off. It starts in the order that fails earliest: config, who may call,
 * environment, database and schema, compute, port.
 */
export async function runApiProcess(options: ApiOptions, process: ApiProcess): Promise<number> {
  const { env, clock, stop } = process;
  const settings = await loadSettings(options, env);
  const { config } = settings;
  requireIssuer(settings, env);
  await requireKeysHost(config);
  const log = process.openLog(config.log.format);
  using _alive = keepAlive(log);
  for (const warning of config.warnings) log.warn("config_warning", { warning });
  const host = options.host ?? config.api.host;
  const authenticate = await openAuthenticator(process, { config, host });
  const candleOptions = { env, config, candlesDirectory: options.candlesDirectory };
  const candles = openCandles({
    ...candleOptions,
    onGuess: ({ file, guess }) => log.info("candles_told", { file, guess }),
  });
  await checkCandles(candleOptions, log);
  await keepReading([...candleFolders(config), ...tlsFiles(env.STRATEGY_PG_DSN ?? "")]);
  const own = await openOwnCandles(config, clock);
  await using stores = config.jobs.enabled ? await open(process, log) : null;
  await using wakeups = stores && openWakeups(stores, {
    listenerId: `api-${crypto.randomUUID().slice(0, 8)}`,
    clock,
    log,
    random: Math.random,
  });
  await using pool = createPool({ threads: config.cpu.max_threads });
  await using observed = observe({ env, clock, pool, candles, stores });
  if (stores) registerQueueMetrics(stores.lookout, { registry: observed.registry, clock });
  const end = new AbortController();
  await using runs = stores && await openRuns({ ...process, ...observed, stores, config, log });
  const scenarios = stores && runs &&
    openScenarios({ ...process, ...observed, stores, config, log, stop: end.signal, runs });
  const jobs = stores && wakeups && scenarios && { ...stores, wakeups, scenarios };
  const app = createApp({
    ...parts({ ...observed, settings, jobs }),
    runs,
    clock,
    log,
    authenticate,
    takeRate: rateLimiter({ ...config.api.rate_limit, stop }),
    uploads: own && { own, takeRate: rateLimiter({ ...config.api.uploads.rate_limit, stop }) },
    stopping: stop,
    stop: end.signal,
  });
  await using server = await startHttpServer({
    ...app,
    host,
    port: options.port ?? config.api.port,
    limits: serverLimits(config, { uploads: own !== null }),
  });
  log.info("api_started", {
    url: `http://${bracketed(server.host)}:${server.port}`,
    auth: config.api.auth.mode,
  });
  await whenAborted(stop);
  log.info("api_stopping", {});
  await drain([server.quiet(), scenarios?.tasks.quiet()], { clock, end });
  await server[Symbol.asyncDispose]();
  log.info("api_stopped", {});
  return 0;
}

async function openAuthenticator(
  { env, devUserId, clock }: ApiProcess,
  { config, host }: { readonly config: Config; readonly host: string },
) {
  const secret = env[secretVariable]?.trim();
  return await createAuthenticator({
    config: config.api,
    host,
    devUserId,
    secret,
    clock,
    readText: readInput,
  });
}

function serverLimits(config: Config, { uploads }: { readonly uploads: boolean }) {
  const { api } = config;
  return {
    ...api,
    body_seconds_max: Math.max(api.body_seconds_max, uploads ? api.uploads.seconds_max : 0),
    silentSecondsMax: silentSecondsMax(config),
  };
}

/** Every answer has begun by then, and a stream that has nothing to say sends a comment far more often. */
function silentSecondsMax({ sync, api }: Config): number {
  return Math.max(sync.sync_deadline_seconds, api.request_seconds_max, api.uploads.seconds_max) + 30;
}

async function open({ env, stores }: ApiProcess, log: Log): Promise<OpenStores> {
  if (stores) return borrowed(stores);
  const dsn = requiredVariable(env, "STRATEGY_PG_DSN");
  return await openStores(dsn, { onNotice: (line) => log.info("database_notice", { line }) });
}

interface Opened {
  readonly settings: LoadedSettings;
  readonly candles: CandleSource;
  readonly jobs: ApiJobs | null;
  readonly compute: Compute;
  readonly registry: Registry;
}

function parts({ settings: { config, defaults }, candles, jobs, compute, registry }: Opened) {
  return {
    jobs,
    candles,
    compute,
    indicators: createIndicatorCompute(),
    rules: createRuleProbe(kernelModule),
    defaults,
    config,
    marketOf: marketLookup(config.markets),
    metrics: prometheusApiMetrics(registry),
    newId: () => crypto.randomUUID(),
    newTraceId: () => crypto.randomUUID().replaceAll("-", ""),
    readiness: readiness(jobs, compute),
    metricsText: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
    docsAsset,
  };
}

function readiness(jobs: ApiJobs | null, compute: Compute): readonly ReadinessCheck[] {
  const pool = { name: "compute", check: () => checkCompute(compute) };
  if (jobs === null) return [pool];
  return [{ name: "database", check: () => checkDatabase(jobs.jobs) }, pool];
}

function openScenarios(
  { stores, candles, config, lockedBy, clock, log, stop, runs }:
    & Pick<Opened, "candles">
    & Pick<ApiProcess, "lockedBy" | "clock" | "stop">
    & { readonly stores: OpenStores; readonly config: Config; readonly log: Log; readonly runs: ApiRuns },
): ApiScenarios {
  const tasks = scenarioTasks({
    ...stores.runStores,
    candles,
    marketOf: marketLookup(config.markets),
    holder: lockedBy,
    bounds: config.scenarios,
    loadTimeoutSeconds: config.jobs.candle_load_seconds,
    clock,
    log,
    metrics: runs.metrics,
    stop,
  });
  runs.holds.others.push(tasks.atWork);
  return { runs: stores.runStores.runs, tasks };
}

/** Waits for what is under way, and for what ends it, each only so long. */
async function drain(
  underWay: readonly (Promise<void> | undefined)[],
  { clock, end }: { readonly clock: Clock; readonly end: AbortController },
): Promise<void> {
  const quiet = Promise.all(underWay);
  await race(() => quiet, { deadline: { clock, ms: apiDrainMs, late() {} } });
  end.abort();
  await race(() => quiet, { deadline: { clock, ms: apiCancelMs, late() {} } });
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
