import { runtimeConfigHash } from "./request/hashes.ts";
import assert from "node:assert/strict";
import { continuousMarket } from "../tests/helpers/markets.ts";
import { parseConfig, resolveConfigPath } from "./config.ts";
import { unknownMarket } from "./core/bars/mod.ts";
import { BacktestError, type ErrorItem } from "./core/errors/mod.ts";
import { shippedTemplates } from "./core/scenario/mod.ts";

const minimal = `
version: 1
backtest:
  sync: { sync_deadline_seconds: 55 }
  jobs:
    enabled: true
    top_k_persisted_default: 300
    max_active_jobs_per_user: 3
    claim_poll_seconds: 1.5
    lease_seconds: 60
    heartbeat_seconds: 15
    parallel_workers: 1
`;

function parse(text: string) {
  return parseConfig(text, { path: "a.yaml", cpuCount: 7 });
}

/** The minimal config with one line of its `jobs` replaced, or added. */
function withJob(key: string, value: string): string {
  const line = `    ${key}: ${value}`;
  const old = new RegExp(`^    ${key}: .*$`, "m");
  return old.test(minimal) ? minimal.replace(old, line) : `${minimal}${line}\n`;
}

function withBacktest(line: string): string {
  return minimal.replace("backtest:", `backtest:\n  ${line}`);
}

function refusal(text: string): { message: string; items: readonly ErrorItem[] } {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof BacktestError)) throw error;
    return { message: error.message, items: error.details.errors as readonly ErrorItem[] };
  }
  return assert.fail("nothing was refused");
}

Deno.test("S000-46 parseConfig() reads the files of all environments, equal but for sign-in, how long jobs are kept and uploads", async () => {
  const read = async (name: string) => {
    const text = (path: string) => Deno.readTextFile(new URL(`../configs/${path}`, import.meta.url));
    const base = { path: "configs/backtest.yaml", text: await text("backtest.yaml") };
    const path = `configs/${name}/backtest.yaml`;
    return parseConfig(await text(`${name}/backtest.yaml`), { path, cpuCount: 2, base });
  };
  const dev = await read("dev");
  assert.equal(dev.sync.sync_deadline_seconds, 55);
  assert.deepEqual(await read("test"), dev);
  const api = {
    ...dev.api,
    auth: { ...dev.api.auth, mode: "jwt", issuer: "backtest", audience: "backtest-api" },
  };
  assert.deepEqual(await read("prod"), {
    ...dev,
    api,
    jobs: { ...dev.jobs, retention_days: 365 },
    candles: { ...dev.candles, uploads: null },
  });
  assert.equal(dev.markets["4"]?.calendar, "continuous");
  assert.equal(dev.cpu.max_threads, 4);
  assert.equal(
    runtimeConfigHash(dev),
    "a60bc650bb033868d11d44916856e28bb5d132e634ad48c8cfcf182219174a53",
  );
});

Deno.test("parseConfig() reads where a market's day starts and what is done with a partial last bar", () => {
  const market = 'calendar: sessions, day_start: "17:00 America/New_York", partial_last_bar: trade';
  assert.deepEqual(parse(`${minimal}\nmarkets: { 9: { ${market} } }`).markets, {
    9: {
      calendar: "sessions",
      daysPerYear: null,
      futures: false,
      dayStart: { minutes: 17 * 60, zone: "America/New_York" },
      partialLastBar: "trade",
      files: {},
    },
  });
});

/** Nothing is said of its files. */
const continuous = { ...continuousMarket, files: {} };

const minutes = { name: "canonical_candles_1m", timeframeMs: 60_000 };

const guards = {
  max_variants_per_compute: 600_000,
  max_variants_exhaustive: 600_000_000,
  max_compute_bytes_total: 5_368_709_120,
};

const uploads = {
  bytes_max: 67_108_864,
  seconds_max: 120,
  user_bytes_max: 1_073_741_824,
  rate_limit: { requests: 30, seconds: 60 },
};

const tasks = { task_variants: 200_000, tasks_max: 1000, max_retries: 5 };
const steps = { steps_max: 10_000, timeout_holds_max: 20, retention_days: 30 };
const runs = { ...steps, heartbeat_stale_seconds: 300, reaper_seconds: 60, recover_on_startup: false };

Deno.test("parseConfig() fills in defaults", () => {
  assert.deepEqual(parse(minimal), {
    warmup_bars_default: 200,
    top_k_default: 300,
    preselect_default: 20_000,
    ranking: { primary_metric_default: "total_return_pct", secondary_metric_default: null, min_trades: 1 },
    guards,
    cpu: { max_threads: 7 },
    sync: { sync_deadline_seconds: 55 },
    jobs: {
      enabled: true,
      top_k_persisted_default: 300,
      max_active_jobs_per_user: 3,
      quotas: { users: {}, roles: {} },
      claim_poll_seconds: 1.5,
      lease_seconds: 60,
      heartbeat_seconds: 15,
      snapshot_seconds: null,
      snapshot_variants_step: null,
      parallel_workers: 1,
      max_attempts: 3,
      claim_policy: "fifo",
      candle_load_seconds: 120,
      retention_days: null,
    },
    optimizations: { concurrency_max: 16, top_n_default: 5, ...tasks },
    runs,
    reporting: { top_trades_n_default: 3, eager_top_reports_enabled: false },
    execution: {
      init_cash_quote_default: 10_000,
      fixed_quote_default: 100,
      safe_profit_percent_default: 30,
      slippage_pct_default: 0.01,
      fee_pct_default_by_market_id: { 1: 0.075, 2: 0.1, 3: 0.075, 4: 0.1 },
    },
    markets: {
      1: continuous,
      2: { ...continuous, futures: true },
      3: continuous,
      4: { ...continuous, futures: true },
    },
    api: {
      host: "127.0.0.1",
      port: 8000,
      auth: {
        mode: "dev",
        cookie_name: "session",
        jwks_file: null,
        jwks_url: null,
        issuer: null,
        audience: null,
        roles_claim: "roles",
        operator_role: null,
      },
      rate_limit: { requests: 600, seconds: 60 },
      connections_max: 10_000,
      header_bytes_max: 16_384,
      header_seconds_max: 10,
      body_bytes_max: 1_048_576,
      body_seconds_max: 10,
      request_seconds_max: 30,
      sync_runs_max: 2,
      uploads,
    },
    log: { format: "text" },
    scenarios: { days_max: 3660, volatility_default: 0.2, templates: shippedTemplates },
    candles: { directory: "data/candles", uploads: "data/uploads", bad_rows: null, tables: [minutes] },
    warnings: [],
  });
});

Deno.test("parseConfig() reads the days a market has in a year, and whether it is one of futures", () => {
  const lines =
    "2: { calendar: continuous, futures: false }, 7: { calendar: sessions, days_per_year: 250.5, futures: true }";
  assert.deepEqual(parse(`${minimal}\nmarkets: { ${lines}, 4: { calendar: sessions } }`).markets, {
    2: continuous,
    4: { ...unknownMarket, files: {}, futures: true },
    7: { ...unknownMarket, files: {}, daysPerYear: 250.5, futures: true },
  });
});

Deno.test("parseConfig() reads every ranking metric, alone and before another", () => {
  const metrics = ["total_return_pct", "max_drawdown_pct", "return_over_max_drawdown", "profit_factor"];
  for (const primary of metrics) {
    for (const secondary of [null, ...metrics.filter((metric) => metric !== primary)]) {
      const line = `ranking: { primary_metric_default: ${primary}, secondary_metric_default: ${secondary} }`;
      const { ranking } = parse(withBacktest(line));
      assert.deepEqual(ranking, {
        primary_metric_default: primary,
        secondary_metric_default: secondary,
        min_trades: 1,
      });
    }
  }
});

Deno.test("S000-43 parseConfig() reads the cadences of the worker", () => {
  const { jobs } = parse(withJob("snapshot_seconds", "31") + "    snapshot_variants_step: 1001\n");
  assert.equal(jobs.snapshot_seconds, 31);
  assert.equal(jobs.snapshot_variants_step, 1001);
  assert.equal(parse(withJob("claim_poll_seconds", "0.25")).jobs.claim_poll_seconds, 0.25);
  assert.equal(parse(withJob("lease_seconds", "90")).jobs.lease_seconds, 90);
  assert.equal(parse(withJob("heartbeat_seconds", "59")).jobs.heartbeat_seconds, 59);
});

Deno.test("S000-43 parseConfig() refuses cadences that are not > 0", () => {
  for (const key of ["lease_seconds", "heartbeat_seconds", "snapshot_seconds", "snapshot_variants_step"]) {
    const mayBeNull = key.startsWith("snapshot_");
    for (const value of ["0", "-1", "1.5", "true", ...(mayBeNull ? [] : ["null"])]) {
      assert.equal(
        refusal(withJob(key, value)).message,
        `Cannot use config "a.yaml": backtest.jobs.${key} must be an integer > 0, got ${value}`,
      );
    }
  }
  assert.equal(
    refusal(withJob("claim_poll_seconds", "0")).message,
    'Cannot use config "a.yaml": backtest.jobs.claim_poll_seconds must be a number > 0, got 0',
  );
});

Deno.test("S004-24 parseConfig() reads the limit of retries, and refuses one that is not > 0", () => {
  assert.equal(parse(withJob("max_attempts", "7")).jobs.max_attempts, 7);
  for (
    const [text, value] of [["0", "0"], ["-1", "-1"], ["2.5", "2.5"], ["many", '"many"'], ["null", "null"]]
  ) {
    assert.equal(
      refusal(withJob("max_attempts", text!)).message,
      `Cannot use config "a.yaml": backtest.jobs.max_attempts must be an integer > 0, got ${value}`,
    );
  }
});

Deno.test("parseConfig() names the nearest to a key nobody knows", () => {
  assert.match(
    refusal(withJob("lease_secs", "1")).message,
    /: backtest\.jobs\.lease_secs is not a known key; nearest is "lease_seconds"; known are enabled, /,
  );
});

const refusedTexts: readonly [string, string][] = [
  [withJob("lease_seconds", "abc"), 'backtest.jobs.lease_seconds must be an integer > 0, got "abc"'],
  [withJob("lease_seconds", "60.0"), "backtest.jobs.lease_seconds must be an integer > 0, got 60"],
  [withJob("enabled", "yes"), 'backtest.jobs.enabled must be true or false, got "yes"'],
  [withJob("enabled", "1"), "backtest.jobs.enabled must be true or false, got 1"],
  [
    withJob("heartbeat_seconds", "60"),
    "backtest.jobs.heartbeat_seconds must be less than lease_seconds (60), got 60",
  ],
  [
    withBacktest("top_k_default: 301"),
    "backtest.top_k_default must be at most jobs.top_k_persisted_default (300), got 301",
  ],
  [minimal.replace("version: 1", ""), "version is required"],
  [minimal.replace("version: 1", "version: 2"), "version must be 1, got 2"],
  [minimal.replace(/^ +sync.*$/m, ""), "backtest.sync is required"],
  [
    withBacktest("execution: { safe_profit_percent_default: 101 }"),
    "backtest.execution.safe_profit_percent_default must be a number 0..100, got 101",
  ],
  [
    withBacktest("execution: { fee_pct_default_by_market_id: { spot: 1 } }"),
    'backtest.execution.fee_pct_default_by_market_id.spot must be a market id > 0, got "spot"',
  ],
  [
    withBacktest("execution: { fee_pct_default_by_market_id: { 9: -1 } }"),
    "backtest.execution.fee_pct_default_by_market_id.9 must be a number 0..100, got -1",
  ],
  [
    withBacktest("ranking: { primary_metric_default: sharpe }"),
    "backtest.ranking.primary_metric_default must be one of total_return_pct, max_drawdown_pct, " +
    'return_over_max_drawdown, profit_factor, got "sharpe"',
  ],
  [
    withBacktest("ranking: { primary_metric_default: null }"),
    "backtest.ranking.primary_metric_default must be one of total_return_pct, max_drawdown_pct, " +
    "return_over_max_drawdown, profit_factor, got null",
  ],
  [
    withBacktest("ranking: { secondary_metric_default: [profit_factor] }"),
    "backtest.ranking.secondary_metric_default must be one of total_return_pct, max_drawdown_pct, " +
    'return_over_max_drawdown, profit_factor, got ["profit_factor"]',
  ],
  [
    withBacktest("ranking: { secondary_metric_default: total_return_pct }"),
    "backtest.ranking.secondary_metric_default must be null or another metric than primary_metric_default, " +
    'got "total_return_pct"',
  ],
  [
    `${minimal}\nmarkets: { 1: { calendar: lunar } }`,
    'markets.1.calendar must be continuous, or sessions, whose hours and holidays are told from the candles, got "lunar"',
  ],
  [
    `${minimal}\nmarkets: { 1: { calendar: sessions, days_per_year: 0 } }`,
    "markets.1.days_per_year must be a number 1..366, got 0",
  ],
  [
    `${minimal}\nmarkets: { 1: { calendar: sessions, days_per_year: 367 } }`,
    "markets.1.days_per_year must be a number 1..366, got 367",
  ],
  [
    `${minimal}\nmarkets: { 1: { calendar: sessions, day_start: "17:00 Mars/Olympus" } }`,
    'markets.1.day_start must be a time and a zone such as 17:00 America/New_York, got "17:00 Mars/Olympus"',
  ],
  [
    `${minimal}\nmarkets: { 1: { calendar: sessions, partial_last_bar: maybe } }`,
    'markets.1.partial_last_bar must be skip or trade, got "maybe"',
  ],
  ["", "the file must be an object, got null"],
  [
    "version: [1",
    "Flow sequence in block collection must be sufficiently indented and end with a ] at line 1 column 12",
  ],
  ["version: 1\nversion: 1", "Map keys must be unique at line 2 column 1"],
  ["version: *one", "Unresolved alias (the anchor must be set before the alias): one"],
];

Deno.test("S000-03 parseConfig() names file, key and value of what it refuses", () => {
  for (const [text, expected] of refusedTexts) {
    assert.equal(refusal(text).message, `Cannot use config "a.yaml": ${expected}`);
  }
});

Deno.test("parseConfig() keeps all findings and counts them in the message", () => {
  const { message, items } = refusal(withJob("lease_seconds", "0").replace("parallel_workers: 1", ""));
  assert.equal(
    message,
    'Cannot use config "a.yaml": backtest.jobs.lease_seconds must be an integer > 0, got 0 (and 1 more)',
  );
  assert.deepEqual(items.map((item) => `${item.path} ${item.code}`), [
    "backtest.jobs.lease_seconds greater_than",
    "backtest.jobs.parallel_workers required",
  ]);
});

Deno.test("parseConfig() accepts the old name of max_threads with a warning, but not both names", () => {
  const old = parse(withBacktest("cpu: { max_numba_threads: 3 }"));
  assert.equal(old.cpu.max_threads, 3);
  assert.deepEqual(old.warnings, [
    "backtest.cpu.max_numba_threads is an old name: write backtest.cpu.max_threads",
  ]);
  assert.match(
    refusal(withBacktest("cpu: { max_numba_threads: 3, max_threads: 3 }")).message,
    /backtest.cpu.max_numba_threads must be left out where max_threads is set/,
  );
});

Deno.test("parseConfig() lays a file over its base, and a complete one stands for itself", () => {
  const path = "own.yaml";
  const base = { path: "base.yaml", text: withJob("snapshot_seconds", "7") };
  const context = { path, cpuCount: 2, base };
  const own = parseConfig("{ version: 1, backtest: { jobs: { lease_seconds: 999 } } }", context);
  assert.deepEqual([own.jobs.lease_seconds, own.jobs.snapshot_seconds], [999, 7]);
  const none = parseConfig("{ version: 1, backtest: { jobs: { snapshot_seconds: null } } }", context);
  assert.equal(none.jobs.snapshot_seconds, null);
  const complete = withJob("snapshot_seconds", "9");
  assert.deepEqual(parseConfig(complete, context), parseConfig(complete, { path, cpuCount: 2 }));
  assert.throws(() => parseConfig("backtest: {}", context), /"own\.yaml": version is required/);
  assert.throws(
    () => parseConfig("{ version: 1, backtest: { jobs: { lease_secnds: 1 } } }", context),
    /"own\.yaml": backtest\.jobs\.lease_secnds is not a known key; nearest is "lease_seconds"/,
  );
});

Deno.test("S001-02 resolveConfigPath() prefers flag, then variable, then environment", () => {
  const env = { ROEHUB_BACKTEST_CONFIG: "b.yaml", ROEHUB_ENV: " Prod " };
  assert.equal(resolveConfigPath({ flag: "a.yaml", env }), "a.yaml");
  assert.equal(resolveConfigPath({ flag: " ", env }), "b.yaml");
  assert.equal(
    resolveConfigPath({ env: { ...env, ROEHUB_BACKTEST_CONFIG: "" } }),
    "configs/prod/backtest.yaml",
  );
  assert.equal(resolveConfigPath({ env: {} }), "configs/dev/backtest.yaml");
});

Deno.test("S000-46 resolveConfigPath() refuses an unknown environment only where it needs one", () => {
  assert.throws(() => resolveConfigPath({ env: { ROEHUB_ENV: "staging" } }), {
    message: 'Cannot choose a config: ROEHUB_ENV must be dev, test or prod, got "staging"',
  });
  assert.equal(resolveConfigPath({ flag: "a.yaml", env: { ROEHUB_ENV: "staging" } }), "a.yaml");
});

Deno.test('parseConfig() takes "all" as preselect_default, and bounds max_variants_exhaustive', () => {
  const context = { path: "backtest.yaml", cpuCount: 2 };
  const text = Deno.readTextFileSync(new URL("../configs/backtest.yaml", import.meta.url));
  const all = text.replace("preselect_default: 20000", "preselect_default: all");
  assert.equal(parseConfig(all, context).preselect_default, "all");
  const some = text.replace("preselect_default: 20000", "preselect_default: some");
  assert.throws(
    () => parseConfig(some, context),
    /preselect_default must be an integer > 0 or all, got "some"/,
  );
  const large = text.replace("max_variants_exhaustive: 600000000", "max_variants_exhaustive: 2147483648");
  assert.throws(() => parseConfig(large, context), /max_variants_exhaustive must be at most 2147483647, got/);
});

Deno.test("parseConfig() reads what becomes of bad rows", () => {
  const read = (text: string) => parse(`${minimal}\ncandles:\n  bad_rows: ${text}\n`).candles;
  assert.deepEqual(read("skip"), {
    directory: "data/candles",
    uploads: "data/uploads",
    bad_rows: "skip",
    tables: [minutes],
  });
  assert.equal(read("refuse").bad_rows, "refuse");
  assert.match(
    refusal(`${minimal}\ncandles:\n  bad_rows: ignore\n`).message,
    /candles\.bad_rows.*refuse or skip.*ignore/,
  );
});

Deno.test("parseConfig() reads tables of other timeframes and how files of a market are read", () => {
  const text = `${minimal}
markets: { 7: { calendar: sessions, files: { time_zone: Europe/Berlin, delimiter: tab, column: { close: Last } } } }
candles: { tables: { 1h: candles_1h, 1M: candles_months } }`;
  const { candles, markets } = parseConfig(text, { path: "c.yaml", cpuCount: 1 });
  assert.deepEqual(candles.tables, [
    minutes,
    { name: "candles_1h", timeframeMs: 3_600_000 },
    { name: "candles_months", timeframeMs: 2_629_746_000 },
  ]);
  assert.deepEqual(markets[7]?.files, {
    timeZone: "Europe/Berlin",
    delimiter: "	",
    column: { close: "Last" },
  });
  const wrong = (part: string) => () => parseConfig(`${minimal}\n${part}`, { path: "c.yaml", cpuCount: 1 });
  assert.throws(
    wrong("candles: { tables: { 1h: 'a b' } }"),
    /candles\.tables\.1h must be the name of a table, got "a b"/,
  );
  for (const [key, nearest] of [["60m", "1h"], ["1D", "1d"]]) {
    assert.throws(
      wrong(`candles: { tables: { ${key}: a } }`),
      new RegExp(`candles\\.tables\\.${key} must be a timeframe, .* \\(nearest is ${nearest}\\)`),
    );
  }
  assert.throws(wrong("markets: { 7: { calendar: sessions, files: { zone: UTC } } }"), /markets\.7\.files/);
});
