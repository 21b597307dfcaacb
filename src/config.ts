import { type BadRows, type Market, type Markets, timeframeMs } from "./core/bars/mod.ts";
import type { FileReading } from "./schema/file_reading.ts";
import { validationError } from "./core/errors/mod.ts";
import type { JobQuotas } from "./core/job/mod.ts";
import type { Preselect, RankingMetric } from "./core/ranking/mod.ts";
import { type ConfigFile, configFileSchema } from "./schema/config_file.ts";
import { laidOver } from "./schema/config_layers.ts";
import { readYamlText } from "./schema/yaml_text.ts";
import { fileMessage, readWith, toFileItems } from "./schema/zod_issues.ts";

/** Everything `backtest.yaml` sets, with defaults in force. Handed out in slices; only `main.ts` sees it whole. */
export interface Config {
  readonly warmupBarsDefault: number;
  readonly topKDefault: number;
  readonly preselectDefault: Preselect;
  readonly ranking: {
    readonly primaryMetricDefault: RankingMetric;
    /** Never the primary one; null for none. */
    readonly secondaryMetricDefault: RankingMetric | null;
    /** Trades without a loss that make a profit factor infinite. */
    readonly minTrades: number;
  };
  readonly guards: {
    readonly maxVariantsPerCompute: number;
    /** Of the whole product with `preselect: "all"`. */
    readonly maxVariantsExhaustive: number;
    readonly maxComputeBytesTotal: number;
  };
  /** Size of the compute pool. */
  readonly cpu: { readonly maxThreads: number };
  readonly sync: { readonly deadlineSeconds: number };
  readonly jobs: {
    readonly enabled: boolean;
    readonly topKPersistedDefault: number;
    readonly maxActiveJobsPerUser: number;
    /** In its place for some users, by id, and for those with a role. */
    readonly quotas: JobQuotas;
    readonly claimPollSeconds: number;
    readonly leaseSeconds: number;
    /** Less than `leaseSeconds`. */
    readonly heartbeatSeconds: number;
    /** Null: time triggers no snapshot. */
    readonly snapshotSeconds: number | null;
    /** Null: progress triggers no snapshot. */
    readonly snapshotVariantsStep: number | null;
    readonly parallelWorkers: number;
    /** How often a job may be started before an upstream failure, or the death of its worker, fails it. */
    readonly maxAttempts: number;
    /** Whether queued jobs are claimed by age alone, or from their owners in turn. */
    readonly claimPolicy: "fifo" | "fair";
    /** How long a candle source may take before the job is put off as an upstream failure. */
    readonly candleLoadSeconds: number;
    /** How long ended jobs are kept by a `jobs prune` that names no age; null: it must name one. */
    readonly retentionDays: number | null;
  };
  readonly reporting: { readonly topTradesNDefault: number; readonly eagerTopReportsEnabled: boolean };
  /** Percentages are human percent: 0.075 is 0.075 %. */
  readonly execution: {
    readonly initCashQuoteDefault: number;
    readonly fixedQuoteDefault: number;
    readonly safeProfitPercentDefault: number;
    readonly slippagePctDefault: number;
    readonly feePctDefaultByMarketId: Readonly<Record<string, number>>;
  };
  /** By market id; a market that is not listed has sessions. */
  readonly markets: Markets;
  readonly candles: {
    /** Where `<market_id>/<SYMBOL>.csv` files are looked for. */
    readonly directory: string;
    /** Null: bad rows are skipped in a sweep and refused on import. */
    readonly badRows: BadRows | null;
    /** ClickHouse tables by the length of their candles, that of minutes among them. */
    readonly tables: readonly { readonly name: string; readonly timeframeMs: number }[];
    /** How the files of a market are read, by its id. */
    readonly files: Readonly<Record<string, FileReading>>;
  };
  readonly api: ApiConfig;
  /** `text`: `key=value` lines; `json`: an object a line. */
  readonly log: { readonly format: "text" | "json" };
  /** What the reader of the log should mend; one sentence each. */
  readonly warnings: readonly string[];
}

/** The HTTP API: where it listens, who may call it and how much. */
export interface ApiConfig {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly auth: {
    /** `dev`: everyone is one local user, on loopback only. */
    readonly mode: "dev" | "jwt";
    readonly cookieName: string;
    /** Public keys; null: tokens are signed with the secret of the environment. */
    readonly jwksFile: string | null;
    /** Where public keys are fetched; null: nowhere. */
    readonly jwksUrl: string | null;
    /** What `iss` and `aud` must be; null: they are not looked at. */
    readonly issuer: string | null;
    readonly audience: string | null;
    /** The claim with the caller's roles, a text or a list of texts. */
    readonly rolesClaim: string;
    /** The role that may list, read and cancel everybody's jobs; null for none. */
    readonly operatorRole: string | null;
  };
  /** Per user: so many requests in each window. */
  readonly rateLimit: { readonly requests: number; readonly seconds: number };
  /** Open connections, idle ones included; more are closed at once. */
  readonly connectionsMax: number;
  /** Longest request line with all headers. */
  readonly headerBytesMax: number;
  /** How long a client may take to send them, from the moment it connects. */
  readonly headerSecondsMax: number;
  readonly bodyBytesMax: number;
  /** How long a client may take to send a body. */
  readonly bodySecondsMax: number;
  /** How long an answer may take; synchronous runs have their own deadline. */
  readonly requestSecondsMax: number;
  /** Synchronous runs at the same time, all users together. */
  readonly syncRunsMax: number;
}

/** What the text of a config does not say. */
export interface ConfigContext {
  /** Name of the file in error texts. */
  readonly path: string;
  /** Threads to use where the file sets none. */
  readonly cpuCount: number;
  /** The file it is laid over, see {@link laidOver}; without one it must be complete. */
  readonly base?: { readonly path: string; readonly text: string };
}

/**
 * Reads the text of `backtest.yaml`. Throws a `validation_error` whose message is one line naming the file, the first
 * wrong key and its value; all findings are in its details.
 */
export function parseConfig(text: string, { path, cpuCount, base }: ConfigContext): Config {
  const file = { path, attempt: "Cannot use config" };
  const written = readYamlText(text, { ...file, integersAsBigInt: true });
  const settings = base === undefined
    ? written
    : laidOver(readYamlText(base.text, { ...file, path: base.path, integersAsBigInt: true }), written);
  const reading = readWith(configFileSchema, settings);
  if (reading.ok) return toConfig(reading.value, cpuCount);
  const items = toFileItems(reading.findings);
  throw validationError(fileMessage(items, file), items);
}

/** Which environments have a folder below `configs`. */
const environments = ["dev", "test", "prod"];

/**
 * Path of the config to read: the `--config` flag, else `ROEHUB_BACKTEST_CONFIG`, else the file of `ROEHUB_ENV` (`dev`
 * when unset). Blank counts as unset. Throws a `validation_error` when an environment is needed and unknown.
 */
export function resolveConfigPath(
  { flag, env }: {
    readonly flag?: string | undefined;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): string {
  const explicit = flag?.trim() || env.ROEHUB_BACKTEST_CONFIG?.trim();
  if (explicit) return explicit;
  const name = env.ROEHUB_ENV?.trim().toLowerCase() || "dev";
  if (environments.includes(name)) return `configs/${name}/backtest.yaml`;
  const message = `Cannot choose a config: ROEHUB_ENV must be dev, test or prod, got "${env.ROEHUB_ENV}"`;
  throw validationError(message, [{ path: "ROEHUB_ENV", code: "literal_error", message }]);
}

function toConfig({ backtest, markets, candles, api, log }: ConfigFile, cpuCount: number): Config {
  const { ranking, guards, cpu, sync, reporting, execution } = backtest;
  return {
    warmupBarsDefault: backtest.warmup_bars_default,
    topKDefault: backtest.top_k_default,
    preselectDefault: backtest.preselect_default,
    ranking: {
      primaryMetricDefault: ranking.primary_metric_default,
      secondaryMetricDefault: ranking.secondary_metric_default,
      minTrades: ranking.min_trades,
    },
    guards: {
      maxVariantsPerCompute: guards.max_variants_per_compute,
      maxVariantsExhaustive: guards.max_variants_exhaustive,
      maxComputeBytesTotal: guards.max_compute_bytes_total,
    },
    cpu: { maxThreads: cpu.max_threads ?? cpu.max_numba_threads ?? cpuCount },
    sync: { deadlineSeconds: sync.sync_deadline_seconds },
    jobs: toJobs(backtest.jobs),
    reporting: {
      topTradesNDefault: reporting.top_trades_n_default,
      eagerTopReportsEnabled: reporting.eager_top_reports_enabled,
    },
    execution: {
      initCashQuoteDefault: execution.init_cash_quote_default,
      fixedQuoteDefault: execution.fixed_quote_default,
      safeProfitPercentDefault: execution.safe_profit_percent_default,
      slippagePctDefault: execution.slippage_pct_default,
      feePctDefaultByMarketId: execution.fee_pct_default_by_market_id,
    },
    markets: toMarkets(markets),
    candles: {
      directory: candles.directory,
      badRows: candles.bad_rows,
      tables: Object.entries({ "1m": "canonical_candles_1m", ...candles.tables })
        .map(([timeframe, name]) => ({ name, timeframeMs: timeframeMs(timeframe) })),
      files: Object.fromEntries(
        Object.entries(markets).filter(([, { files }]) => Object.keys(files).length > 0)
          .map(([id, { files }]) => [id, files]),
      ),
    },
    api: toApi(api),
    log,
    warnings: cpu.max_numba_threads === undefined
      ? []
      : ["backtest.cpu.max_numba_threads is an old name: write backtest.cpu.max_threads"],
  };
}

function toMarkets(markets: ConfigFile["markets"]): Markets {
  return Object.fromEntries(
    Object.entries(markets).map((
      [id, { calendar, days_per_year, futures, day_start, partial_last_bar }],
    ): [string, Market] => [id, {
      calendar,
      daysPerYear: days_per_year ?? null,
      futures,
      dayStart: day_start,
      partialLastBar: partial_last_bar,
    }]),
  );
}

function toApi(api: ConfigFile["api"]): ApiConfig {
  const { auth } = api;
  return {
    host: api.host,
    port: api.port,
    auth: {
      mode: auth.mode,
      cookieName: auth.cookie_name,
      jwksFile: auth.jwks_file,
      issuer: auth.issuer,
      audience: auth.audience,
      jwksUrl: auth.jwks_url,
      rolesClaim: auth.roles_claim,
      operatorRole: auth.operator_role,
    },
    rateLimit: api.rate_limit,
    connectionsMax: api.connections_max,
    headerBytesMax: api.header_bytes_max,
    headerSecondsMax: api.header_seconds_max,
    bodyBytesMax: api.body_bytes_max,
    bodySecondsMax: api.body_seconds_max,
    requestSecondsMax: api.request_seconds_max,
    syncRunsMax: api.sync_runs_max,
  };
}

function toJobs(jobs: ConfigFile["backtest"]["jobs"]): Config["jobs"] {
  return {
    enabled: jobs.enabled,
    topKPersistedDefault: jobs.top_k_persisted_default,
    maxActiveJobsPerUser: jobs.max_active_jobs_per_user,
    quotas: jobs.quotas,
    claimPollSeconds: jobs.claim_poll_seconds,
    leaseSeconds: jobs.lease_seconds,
    heartbeatSeconds: jobs.heartbeat_seconds,
    snapshotSeconds: jobs.snapshot_seconds ?? null,
    snapshotVariantsStep: jobs.snapshot_variants_step ?? null,
    parallelWorkers: jobs.parallel_workers,
    maxAttempts: jobs.max_attempts,
    claimPolicy: jobs.claim_policy,
    candleLoadSeconds: jobs.candle_load_seconds,
    retentionDays: jobs.retention_days ?? null,
  };
}
