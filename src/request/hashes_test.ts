import {
  engineParamsHash,
  gridRequestHash,
  requestHash,
  runtimeConfigHash,
  type RuntimeConfigSlice,
  specHash,
} from "./hashes.ts";
import type { BacktestTemplate } from "./template.ts";
import type { TemplateRequest } from "./body.ts";
import { type RequestDefaults, resolveRequest } from "./effective.ts";
import type { RankingMetric } from "../core/ranking/mod.ts";
import { canonicalJson } from "../core/text/mod.ts";
import assert from "node:assert/strict";

const config: RuntimeConfigSlice & RequestDefaults = {
  warmup_bars_default: 200,
  top_k_default: 300,
  preselect_default: 20_000,
  ranking: { primary_metric_default: "total_return_pct", secondary_metric_default: null, min_trades: 1 },
  execution: {
    init_cash_quote_default: 10_000,
    fixed_quote_default: 100,
    safe_profit_percent_default: 30,
    slippage_pct_default: 0.01,
    fee_pct_default_by_market_id: { 1: 0.075, 2: 0.1, 3: 0.075, 4: 0.1 },
  },
  reporting: { top_trades_n_default: 3, eager_top_reports_enabled: false },
  jobs: { top_k_persisted_default: 300 },
  markets: { 1: { calendar: "continuous", daysPerYear: null } },
};

const template: BacktestTemplate = {
  instrument_id: { market_id: 1, symbol: "BTCUSDT" },
  timeframe: "1h",
  indicator_grids: [{
    indicator_id: "ma.ema",
    params: { window: { mode: "explicit", values: [10, 20] } },
    source: { mode: "explicit", values: ["close"] },
  }],
  signal_grids: {},
  risk_grid: { sl_enabled: true, tp_enabled: false, sl: { mode: "explicit", values: [1.5, 3] } },
};

const sent: TemplateRequest = {
  time_range: { start: "2026-01-01T00:00:00Z", end: "2026-02-01T00:00:00Z" },
  template,
  top_k: 50,
};

const { effective, stored } = resolveRequest({ request: sent, template }, { defaults: config });

const requestText =
  '{"preselect":20000,"template":{"direction_mode":"long-short","execution":{"fee_pct":0.075,"fixed_quote":100,' +
  '"init_cash_quote":10000,"safe_profit_percent":30,"slippage_pct":0.01},"indicator_grids":[{"indicator_id":"ma.ema",' +
  '"params":{"window":{"mode":"explicit","values":[10,20]}},"source":{"mode":"explicit","values":["close"]}}],' +
  '"instrument_id":{"market_id":1,"symbol":"BTCUSDT"},"risk_grid":{"sl":{"mode":"explicit","values":[1.5,3]},' +
  '"sl_enabled":true,"tp_enabled":false},"signal_grids":{},"sizing_mode":"all_in","timeframe":"1h"},' +
  '"time_range":{"end":"2026-02-01T00:00:00Z","start":"2026-01-01T00:00:00Z"},"top_k":50,"top_trades_n":3,' +
  '"warmup_bars":200}';

Deno.test("requestHash() equals the known answer", () => {
  assert.equal(canonicalJson(stored), requestText);
  assert.equal(requestHash(stored), "0f2f3032ca75aee094d4c1225e16a3280fec31ce9939dbf58ec86bed084099ec");
});

Deno.test("S000-40 requestHash() survives a round trip that reorders members", () => {
  assert.equal(requestHash(JSON.parse(requestText)), requestHash(stored));
});

Deno.test("engineParamsHash() equals the known answer", () => {
  assert.equal(
    engineParamsHash(effective.template),
    "0c2fd6d3ffae411948fc127758397419cf281ccb76646db399c78bb4043dee40",
  );
});

Deno.test("gridRequestHash() equals the known answer", () => {
  assert.equal(gridRequestHash(sent), "a97abaa8d95ed20afc3dbe87813c70cf02f81bcfa232ebdad2fc913c098567f4");
});

Deno.test("gridRequestHash() tells rankings apart where one is sent, requestHash() where one is in force", () => {
  const ranked = (primary_metric: RankingMetric) => gridRequestHash({ ...sent, ranking: { primary_metric } });
  const hashes = [gridRequestHash(sent), ranked("total_return_pct"), ranked("profit_factor")];
  assert.equal(new Set(hashes).size, 3);
  const byFactor = { ...stored, ranking: { primary_metric: "profit_factor" as const } };
  assert.notEqual(requestHash(byFactor), requestHash(stored));
});

Deno.test("gridRequestHash() tells a request that folds equal trades apart, and only that", () => {
  assert.equal(gridRequestHash({ ...sent, fold_equal: false }), gridRequestHash(sent));
  assert.notEqual(gridRequestHash({ ...sent, fold_equal: true }), gridRequestHash(sent));
});

Deno.test("runtimeConfigHash() equals the known answers", () => {
  assert.equal(
    runtimeConfigHash(config),
    "a60bc650bb033868d11d44916856e28bb5d132e634ad48c8cfcf182219174a53",
  );
  assert.equal(
    runtimeConfigHash({ ...config, jobs: { top_k_persisted_default: 200 } }),
    "788dc9701d86938d7d573ff28d6ff13593014ebf4f00fec847b407c399ec916e",
  );
});

Deno.test("specHash() equals the known answer", () => {
  const spec = {
    spec_kind: "roehub.strategy.v1",
    schema_version: 1,
    instrument_id: { market_id: 1, symbol: "BTCUSDT" },
    instrument_key: "binance:spot:BTCUSDT",
    market_type: "spot",
    symbol: "BTCUSDT",
    timeframe: "1h",
    indicators: [{ id: "ma.ema", inputs: { source: "close" }, params: { window: 20 } }],
    signal_template: "EMA(20) crossover ↑",
    tags: { symbol: "BTCUSDT", market_type: "spot", timeframe: "1h" },
  };
  assert.equal(specHash(spec), "81be750235fe8382cbb79da9c203a58b024c53c87e009d1bc87b318055fc8455");
});
