import assert from "node:assert/strict";
import { apiWorld } from "../../../tests/helpers/api_world.ts";
import { temporaryFolder } from "../../../tests/helpers/temporary_folder.ts";
import { candleSource, harness, requestBody, userId } from "../../../tests/helpers/worker_harness.ts";
import { OwnCandleSource } from "../../adapters/candles/own/own_candle_source.ts";
import { FolderOwnCandles } from "../../adapters/candles/own/own_candles.ts";
import { createInProcessCompute } from "../../adapters/wasm/in_process_compute.ts";
import { catalogue } from "../../core/catalogue/mod.ts";
import { compileRules, indicatorCalls } from "../../core/rules/mod.ts";
import { mapFurther } from "../../core/bars/mod.ts";
import type { CandleSource } from "../../ports/candle_source.ts";
import { runJob } from "../../worker/run_job.ts";

const rules = {
  params: {
    fast: { mode: "explicit", values: [2, 3, 4] },
    slow: { mode: "explicit", values: [3, 5] },
    price: { mode: "explicit", values: ["close", "hlc3"] },
  },
  where: ["fast < slow"],
  define: { trend: "sma(price, slow)" },
  long: { enter: "crosses_above(sma(price, fast), trend)", exit: "close < trend" },
};

function withRules(changes: Record<string, unknown> = {}, frame: Record<string, unknown> = {}) {
  const { template } = requestBody() as { template: Record<string, unknown> };
  const { indicator_grids: _, ...rest } = template;
  return requestBody({ template: { ...rest, rules: { ...rules, ...changes } }, ...frame });
}

const faulty = {
  long: { enter: "crosses_above(emaa(price, fast), trend)", exit: 'close < "x"' },
  where: ["fast <"],
};
const faults = [
  ["rules.long.enter", 'unknown name "emaa" at 15: did you mean "ema"?'],
  ["rules.long.exit", "a text may only stand where a function takes one at 9"],
  ["rules.where[0]", "expected a value, found the end at 7"],
];

for (const path of ["/backtests", "/backtests/jobs", "/strategies"]) {
  Deno.test(`POST ${path} refuses every fault of rules by its member and position`, async () => {
    const { send } = apiWorld();
    const { template } = withRules(faulty) as { template: unknown };
    const body = path === "/strategies" ? { name: "x", template } : withRules(faulty);
    const { status, json } = await send("POST", path, { body });
    assert.equal(status, 422);
    const items = json.error.details.errors.map((item: Record<string, string>) => [item.path, item.message]);
    assert.deepEqual(items, faults.map(([member, message]) => [`body.template.${member}`, message]));
  });
}

Deno.test("POST /backtests runs rules and answers their parameters", async () => {
  await using compute = createInProcessCompute();
  const { status, json } = await apiWorld({ compute }).send("POST", "/backtests", { body: withRules() });
  assert.equal(status, 200, JSON.stringify(json));
  assert.equal(json.variants.length, 5);
  for (const { payload } of json.variants) {
    assert.deepEqual(Object.keys(payload.rule_params), ["fast", "price", "slow"]);
    assert.ok(payload.rule_params.fast < payload.rule_params.slow);
    assert.equal(payload.indicator_selections, undefined);
  }
});

/** Runs a job of such a body to its end. */
async function ran(body: Record<string, unknown>, candles: CandleSource = candleSource) {
  const world = harness();
  const { queue, submit, deps, clock } = world;
  const compute = createInProcessCompute();
  const job = await submit({ ...body, top_trades_n: 5 });
  const claimed = await queue.claimNext({ lockedBy: "w", leaseSeconds: 60 });
  const claim = { job: claimed!, lockedBy: "w", sentMs: clock.monotonicMs() };
  const { outcome } = await runJob(claim, {
    deps: { ...deps, compute, candles },
    stop: new AbortController().signal,
  });
  return {
    ...world,
    outcome,
    compute,
    jobId: job.jobId,
    [Symbol.asyncDispose]: () => compute[Symbol.asyncDispose](),
  };
}

Deno.test("a job of rules has planes over its parameters, and reports that its variants sent back give again", async () => {
  const body = withRules();
  await using job = await ran(body);
  assert.equal(job.outcome, "succeeded");
  const planes = await job.results.getPlanes(job.jobId);
  assert.deepEqual(planes!.axes.map(({ name }) => name), ["fast", "price", "slow", "sl_pct", "tp_pct"]);
  const plane = planes!.planes.find(({ x, y }) => x === 0 && y === 2)!;
  const [fast, , slow] = planes!.axes;
  plane.returns.forEach((cells, row) =>
    cells.forEach((cell, column) => {
      assert.equal(cell === null, Number(fast!.values[column]) >= Number(slow!.values[row]));
    })
  );
  const rows = await job.results.listTopVariants(job.jobId, 5);
  const { top_k: _, preselect: __, top_trades_n: ___, ...frame } = body;
  const { send } = apiWorld({ compute: job.compute });
  const report = async (variant: unknown) =>
    await send("POST", "/backtests/variant-report", { body: { ...frame, variant, include_trades: true } });
  for (const row of rows) {
    const { status, json } = await report(row.payload);
    assert.equal(status, 200, JSON.stringify(json));
    assert.equal(json.table_md, row.reportTableMd);
    assert.deepEqual(json.trades, JSON.parse(JSON.stringify(row.trades)));
  }
  const { rule_params, ...others } = rows[0]!.payload;
  const items = async (variant: unknown) =>
    (await report(variant)).json.error.details.errors.map((item: Record<string, string>) =>
      `${item.path} ${item.code}`
    );
  const { fast: _fast, ...without } = rule_params!;
  assert.deepEqual(await items(others), ["body.variant.rule_params required"]);
  assert.deepEqual(await items({ ...others, rule_params: { ...without, fats: 3 } }), [
    "body.variant.rule_params.fast required",
    "body.variant.rule_params.fats extra_forbidden",
  ]);
  assert.deepEqual(await items({ ...others, rule_params: { ...rule_params, price: "moon" } }), [
    "body.variant.rule_params.price value_error",
  ]);
  const plain = { ...requestBody(), variant: rows[0]!.payload };
  for (const name of ["top_k", "preselect", "top_trades_n"]) delete (plain as Record<string, unknown>)[name];
  const refused = await send("POST", "/backtests/variant-report", { body: plain });
  assert.equal(refused.json.error.details.errors[0].path, "body.variant.rule_params");
});

Deno.test("a job reads further columns, and fails by name where the candles lack one", async () => {
  const body = withRules({ params: {}, where: [], define: {}, long: { enter: 'col("mood") > 0.5' } });
  const withMood: CandleSource = {
    async load(query) {
      const loaded = await candleSource.load(query);
      const mood = loaded.candles.close.map((_, row) => row % 4 < 2 ? 1 : 0);
      return { ...loaded, ...mapFurther({ further: new Map([["mood", mood]]) }, (column) => column) };
    },
  };
  await using good = await ran(body, withMood);
  assert.equal(good.outcome, "succeeded");
  const [best] = await good.results.listTopVariants(good.jobId, 1);
  assert.ok(best!.trades!.length > 10);
  await using bad = await ran(body);
  assert.equal(bad.outcome === "succeeded", false);
});

Deno.test("further columns of uploaded candles are kept, listed, and read by the rules of their owner", async () => {
  await using compute = createInProcessCompute();
  await using folder = await temporaryFolder();
  const own = new FolderOwnCandles({ directory: folder.path, bytesMax: 1 << 20 });
  await own.prepare({ nowMs: 0 });
  const candles = new OwnCandleSource({ directory: folder.path, shared: candleSource, badRows: null });
  const { api, send } = apiWorld({
    compute,
    candles,
    uploads: { own, takeRate: () => ({ allowed: true }) as never },
  });
  const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
  const row = (_: unknown, n: number) => `${day(n)},100,110,90,${100 + n % 5},5,${n % 4 < 2 ? 0.75 : -0.25}`;
  const csv = ["time,open,high,low,close,volume,mood", ...Array.from({ length: 60 }, row)].join("\n");
  const request = new Request("http://127.0.0.1:8000/candles?market_id=1&symbol=btcusdt", {
    method: "POST",
    headers: { "x-test-user": userId, "content-type": "text/csv" },
    body: csv,
  });
  const answer = await api.fetch(request);
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.deepEqual((await answer.json()).further_columns, ["mood"]);
  const { json: list } = await send("GET", "/candles");
  assert.deepEqual(list.items[0].further_columns, ["mood"]);
  const read = (enter: string) => withRules({ params: {}, where: [], define: {}, long: { enter } });
  const { status, json } = await send("POST", "/backtests", { body: read('col("mood") > 0.5') });
  assert.equal(status, 200, JSON.stringify(json));
  assert.ok(json.variants[0].metrics.trades > 10);
  const refused = await send("POST", "/backtests", { body: read('col("moods") > 0.5') });
  assert.equal(refused.status, 422);
  const [item] = refused.json.error.details.errors;
  assert.equal(item.path, "body.template.rules");
  assert.match(
    item.message,
    /^Cannot read col\("moods"\) from candles .*; did you mean "mood"\?; there are "mood"$/,
  );
});

Deno.test("rules that are unknown when the range begins are told of by a run, a report and a job", async () => {
  // ten days lie before the range
  const text = "close > sma(close, slow)";
  const changes = { params: { slow: { values: [5, 30] } }, where: [], define: {}, long: { enter: text } };
  const body = withRules(changes);
  const expected =
    /^rule_unknown_at_start: long\.enter is unknown on the first 20 bars of the range, as sma\(close, slow\) is with slow = 30; /;
  const told = (warnings: readonly string[]) =>
    warnings.filter((text) => text.startsWith("rule_unknown_at_start"));
  await using compute = createInProcessCompute();
  const { send } = apiWorld({ compute });
  const { json } = await send("POST", "/backtests", { body });
  const [warning, ...others] = told(json.warnings);
  assert.match(warning!, expected);
  assert.deepEqual(others, []);
  const { top_k: _, preselect: __, top_trades_n: ___, ...frame } = body;
  const slow = json.variants.find(({ payload }: { payload: { rule_params: { slow: number } } }) =>
    payload.rule_params.slow === 5
  );
  const report = await send("POST", "/backtests/variant-report", {
    body: { ...frame, variant: slow.payload },
  });
  assert.deepEqual(told(report.json.warnings), []);
  await using job = await ran(body);
  assert.equal(job.outcome, "succeeded");
  const { runData } = (await job.jobs.get(job.jobId))!;
  assert.match(told(runData!.warnings)[0]!, expected);
  const known = await send("POST", "/backtests", {
    body: withRules({ ...changes, params: { slow: { values: [5] } } }),
  });
  assert.deepEqual(told(known.json.warnings), []);
});

Deno.test("a saved strategy of rules runs with parameters of its own and with others", async () => {
  await using compute = createInProcessCompute();
  const { send } = apiWorld({ compute });
  const { template, ...frame } = withRules() as { template: Record<string, unknown> };
  const saved = await send("POST", "/strategies", { body: { name: "cross", template } });
  assert.equal(saved.status, 201, JSON.stringify(saved.json));
  assert.deepEqual(saved.json.template.rules, rules);
  const run = async (overrides?: unknown) =>
    await send("POST", "/backtests", { body: { ...frame, strategy_id: saved.json.strategy_id, overrides } });
  const own = await run();
  assert.equal(own.status, 200, JSON.stringify(own.json));
  assert.equal(own.json.mode, "saved");
  const { json: other } = await run({
    rules: { params: { fast: { values: [2] }, price: { values: ["hlc3"] } } },
  });
  assert.deepEqual(
    [
      ...new Set(
        other.variants.map(({ payload }: { payload: { rule_params: unknown } }) =>
          JSON.stringify(payload.rule_params)
        ),
      ),
    ]
      .sort(),
    ['{"fast":2,"price":"hlc3","slow":3}', '{"fast":2,"price":"hlc3","slow":5}'],
  );
  // the key of a variant does not depend on how it came about
  const keys = (json: typeof own.json) =>
    new Set(json.variants.map(({ indicator_variant_key: key }: Record<string, string>) => key));
  const { json: all } = await send("POST", "/backtests", { body: { ...withRules({}, { top_k: 40 }) } });
  for (const key of keys(other)) assert.ok(keys(all).has(key));
  const refused = await run({ rules: { params: { fats: { values: [2] } } } });
  assert.equal(refused.status, 422);
  assert.equal(refused.json.error.details.errors[0].path, "body.overrides.rules.params.fats");
  const none = await run({ rules: { params: { fast: { values: [9] } } } });
  assert.equal(none.json.error.details.errors[0].message, "no combination is left of 4");
  assert.equal((await run({ rules: { long: { enter: "true" } } })).status, 422);
});

const estimateFrame = {
  timeframe: "1d",
  time_range: { start: "2026-01-01T00:00:00Z", end: "2026-02-01T00:00:00Z" },
  risk: { sl: { values: [1, 2] }, tp: { values: [1] } },
};

Deno.test("POST /indicators/estimate counts the combinations of rules that are kept, and bytes of one variant and the masks", async () => {
  const { send, deps } = apiWorld();
  const { status, json } = await send("POST", "/indicators/estimate", { body: { ...estimateFrame, rules } });
  assert.equal(status, 200, JSON.stringify(json));
  const bars = 31;
  // price, close and two averages are series; a crossing and a comparison are five masks each, for the values of what they read
  const masks = 5 * 12 + 5 * 4;
  const expected = bars * 28 + bars * 4 * 4 + masks * 4 + 64 * 1024 * 1024;
  assert.deepEqual(json, { schema_version: 1, total_variants: 8 * 2, estimated_memory_bytes: expected });
  const items = async (changes: Record<string, unknown>) => {
    const { status, json } = await send("POST", "/indicators/estimate", {
      body: { ...estimateFrame, ...changes },
    });
    assert.equal(status, 422);
    return json.error.details.errors.map((item: Record<string, string>) => `${item.path}: ${item.message}`);
  };
  assert.deepEqual(
    await items({ rules: { ...rules, ...faulty } }),
    faults.map(([member, message]) => `body.${member}: ${message}`),
  );
  assert.match((await items({}))[0], /^body\.indicators: Field required$/);
  assert.match(
    (await items({ rules, indicators: [{ indicator_id: "ma.sma" }] }))[0],
    /^body\.indicators: .*left out beside rules/,
  );
  const guards = { ...deps.config.guards, max_variants_per_compute: 15 };
  const small = apiWorld({ config: { ...deps.config, guards } });
  const refused = await small.send("POST", "/indicators/estimate", { body: { ...estimateFrame, rules } });
  assert.match(
    refused.json.error.message,
    /total_variants=16 > max_variants_per_compute=15; axes: .*rules\.fast 3/,
  );
});

Deno.test("GET /indicators says how rules call every indicator, with arguments and outputs", async () => {
  const { json } = await apiWorld().send("GET", "/indicators");
  const callOf = new Map<string, Record<string, unknown> | null>(
    json.items.map(({ id, call }: { id: string; call: Record<string, unknown> | null }) => [id, call]),
  );
  assert.deepEqual(callOf.get("momentum.macd"), {
    name: "macd",
    arguments: [
      { name: "source", kind: "series", min: null, max: null, integer: false, default: null },
      { name: "fast_window", kind: "number", min: 2, max: 2000, integer: true, default: 12 },
      { name: "slow_window", kind: "number", min: 2, max: 2000, integer: true, default: 26 },
      { name: "signal_window", kind: "number", min: 2, max: 2000, integer: true, default: 9 },
    ],
    outputs: ["macd", "signal", "histogram"],
  });
  for (const { id, lookAhead } of catalogue) {
    const call = callOf.get(id) as {
      name: string;
      arguments: { kind: string; default: number | null }[];
      outputs: string[];
    } | null;
    assert.equal(call === null, lookAhead !== 0, id);
    if (call === null) continue;
    assert.ok(indicatorCalls.has(call.name));
    const args = call.arguments.map(({ kind, default: usual }) =>
      kind === "series" ? "close" : String(usual)
    );
    for (const output of call.outputs) {
      const enter: string = `${call.name}(${args.join(", ")}).${output} > 0`;
      assert.deepEqual(compileRules({ long: { enter } }, { timeframe: "1d" }).faults, [], enter);
    }
  }
});
