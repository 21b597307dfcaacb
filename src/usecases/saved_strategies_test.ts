import { parseRequest, parseTemplate } from "../request/parse.ts";
import assert from "node:assert/strict";
import { testConfig } from "../../tests/helpers/config.ts";
import { scriptedCompute } from "../../tests/helpers/scripted_compute.ts";
import { harness, requestBody, userId } from "../../tests/helpers/worker_harness.ts";
import { memoryStrategies } from "../../tests/memory/strategy_repository.ts";
import type { BacktestError } from "../core/errors/mod.ts";
import { strategiesPerUserMax } from "../core/strategy/mod.ts";
import { canonicalJson, sha256Hex } from "../core/text/mod.ts";
import { deleteStrategy } from "./delete_strategy.ts";
import { ownStrategy } from "./own_strategy.ts";
import { runBacktest } from "./run_backtest.ts";
import { saveStrategy } from "./save_strategy.ts";
import { strategySummary } from "./strategy_view.ts";
import { submitJob } from "./submit_job.ts";

const strangerId = "22222222-2222-4222-8222-222222222222";
const missingId = "99999999-9999-4999-8999-999999999999";
const { template: fullTemplate, ...frame } = requestBody();
const template = fullTemplate as Record<string, unknown>;

/** A harness with strategies beside its queue. */
function world() {
  const jobs = harness();
  const strategies = memoryStrategies(jobs.clock);
  let ids = 0;
  const newId = () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`;
  const deps = { jobs: jobs.jobs, strategies, config: testConfig(), defaults: {}, newId };
  return {
    ...jobs,
    strategies,
    save: (changes: Record<string, unknown> = {}, owner = userId) =>
      saveStrategy(
        { userId: owner, name: "Averages", template: parseTemplate({ ...template, ...changes }) },
        { strategies, newId },
      ),
    submit: (body: Record<string, unknown>, owner = userId) =>
      submitJob({ parsed: parseRequest({ ...frame, ...body }), userId: owner }, deps),
    run: (body: Record<string, unknown>, owner = userId) =>
      runBacktest({
        parsed: parseRequest({ ...frame, ...body }),
        reports: "configured",
        access: { strategies, userId: owner },
      }, {
        ...jobs.deps,
        compute: scriptedCompute({ score: (base, risk) => base * 10 + (risk ?? 0) }),
        config: testConfig(),
      }),
  };
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => assert.fail("nothing was refused"),
    (error: BacktestError) => `${error.code}: ${error.message}`,
  );
}

Deno.test("submitJob() in saved mode stores a snapshot of the strategy and its hash", async () => {
  const { save, submit } = world();
  const { strategyId, spec } = await save();
  const job = await submit({ strategy_id: strategyId });
  assert.equal(job.mode, "saved");
  assert.deepEqual(job.specPayloadJson, spec);
  assert.equal(job.specHash, sha256Hex(canonicalJson(spec)));
  const execution = {
    init_cash_quote: 10_000,
    fixed_quote: 100,
    safe_profit_percent: 30,
    fee_pct: 0.075,
    slippage_pct: 0.01,
  };
  assert.deepEqual(job.requestJson, {
    ...frame,
    strategy_id: strategyId,
    overrides: { direction_mode: "long-short", sizing_mode: "all_in", execution },
  });
});

Deno.test("submitJob() in saved mode keeps what was overridden beside what is in force", async () => {
  const { save, submit } = world();
  const { strategyId } = await save({ execution: { fee_pct: 0.2, slippage_pct: 0 } });
  const risk_grid = { sl_enabled: true, tp_enabled: false, sl: { mode: "explicit", values: [7] } };
  const job = await submit({ strategy_id: strategyId, overrides: { risk_grid, execution: { fee_pct: 0 } } });
  const { execution, ...rest } = job.requestJson.overrides as Record<string, Record<string, unknown>>;
  assert.deepEqual(rest, { risk_grid, direction_mode: "long-short", sizing_mode: "all_in" });
  assert.equal(execution!.fee_pct, 0);
  assert.equal(execution!.slippage_pct, 0);
});

Deno.test("a saved job ranks the same variants as a template job of the merged template", async () => {
  const { save, submit, runNext, results, strategies } = world();
  const { strategyId } = await save({ execution: { slippage_pct: 0 } });
  const risk_grid = { sl_enabled: true, tp_enabled: false, sl: { mode: "explicit", values: [7, 8] } };
  const saved = await submit({
    strategy_id: strategyId,
    overrides: { risk_grid, direction_mode: "long-only" },
  });
  // the job has its own copy: what becomes of the strategy does not matter
  await strategies.delete({ strategyId, userId });
  const plain = await submit({
    template: { ...template, execution: { slippage_pct: 0 }, risk_grid, direction_mode: "long-only" },
  });
  assert.equal(await runNext(), "succeeded");
  assert.equal(await runNext(), "succeeded");
  const rows = async (jobId: string) =>
    (await results.listTopVariants(jobId, 300)).map(({ jobId: _, updatedAtMs: __, ...row }) => row);
  const savedRows = await rows(saved.jobId);
  assert.equal(savedRows.length, 5);
  assert.deepEqual(savedRows, await rows(plain.jobId));
  assert.equal(saved.engineParamsHash, plain.engineParamsHash);
  assert.notEqual(saved.requestHash, plain.requestHash);
});

Deno.test("submitJob() stores nothing when the snapshot cannot be taken", async () => {
  const { save, submit, jobs, strategies } = world();
  const own = await save();
  const foreign = await save({}, strangerId);
  await deleteStrategy(strategies, { strategyId: own.strategyId, userId });
  const missing = "not_found: Backtest strategy was not found";
  assert.equal(await refusal(submit({ strategy_id: missingId })), missing);
  assert.equal(await refusal(submit({ strategy_id: own.strategyId })), missing);
  assert.equal(
    await refusal(submit({ strategy_id: foreign.strategyId })),
    "forbidden: Backtest strategy does not belong to current user",
  );
  const bad = await save({
    indicator_grids: [{
      indicator_id: "ma.sma",
      params: { window: { mode: "explicit", values: [0] } },
      source: { mode: "explicit", values: ["close"] },
    }],
  });
  assert.match(
    await refusal(submit({ strategy_id: bad.strategyId })),
    /^validation_error: ma\.sma: axis 'window' expects values >= /,
  );
  assert.deepEqual((await jobs.listForUser({ userId, limit: 10 })).items, []);
});

Deno.test("submitJob() looks at quota, numbers, strategy and fee in this order", async () => {
  const { save, submit, jobs } = world();
  const noFee = await save({ instrument_id: { market_id: 77, symbol: "X" } });
  const saved = { strategy_id: noFee.strategyId };
  const missing = { strategy_id: missingId };
  assert.match(await refusal(submit(saved)), /Cannot find a default fee for market_id 77/);
  assert.match(await refusal(submit(missing)), /strategy was not found/);
  assert.match(await refusal(submit({ ...missing, top_trades_n: 6 })), /top_trades_n must be <= top_k/);
  assert.match(
    await refusal(submit({ ...missing, top_k: 301, top_trades_n: 400 })),
    /top_k must be <= backtest.jobs.top_k_persisted_default/,
  );
  for (let n = 0; n < 3; n++) await submit({ template });
  assert.match(await refusal(submit({ ...missing, top_k: 301 })), /quota exceeded \(max=3\)/);
  assert.match(await refusal(submit({ ...missing, top_k: 301 }, strangerId)), /top_k must be <=/);
  assert.equal(await jobs.countActiveForUser(userId), 3);
});

Deno.test("runBacktest() in saved mode answers like the merged template, with spec_hash instead of grid_request_hash", async () => {
  const { save, run } = world();
  const strategy = await save();
  const { spec_hash } = strategySummary(strategy);
  const overrides = { direction_mode: "short-only", execution: { fee_pct: 0.5 } };
  const saved = await run({ strategy_id: strategy.strategyId, overrides });
  const plain = await run({ template: { ...template, ...overrides } });
  assert.match(plain.grid_request_hash!, /^[0-9a-f]{64}$/);
  assert.deepEqual(saved, {
    ...plain,
    mode: "saved",
    strategy_id: strategy.strategyId,
    spec_hash,
    grid_request_hash: null,
  });
  assert.match(await refusal(run({ strategy_id: strategy.strategyId }, strangerId)), /^forbidden/);
  assert.match(await refusal(run({ strategy_id: missingId })), /^not_found/);
});

Deno.test("runBacktest() without a database says what to send instead of a strategy", async () => {
  const { deps } = harness();
  const parsed = parseRequest({ ...frame, strategy_id: missingId });
  assert.equal(
    await refusal(runBacktest({ parsed, reports: "configured" }, { ...deps, config: testConfig() })),
    "validation_error: Saved strategies need a database: send a template",
  );
});

Deno.test("S004-21 ownStrategy() tells missing, deleted and foreign apart", async () => {
  const { save, strategies } = world();
  const { strategyId } = await save();
  assert.equal((await ownStrategy(strategies, { strategyId, userId })).strategyId, strategyId);
  assert.match(await refusal(ownStrategy(strategies, { strategyId, userId: strangerId })), /^forbidden/);
  assert.match(await refusal(deleteStrategy(strategies, { strategyId, userId: strangerId })), /^forbidden/);
  await deleteStrategy(strategies, { strategyId, userId });
  assert.match(await refusal(ownStrategy(strategies, { strategyId, userId })), /^not_found/);
  assert.match(await refusal(deleteStrategy(strategies, { strategyId, userId })), /^not_found/);
  assert.match(await refusal(ownStrategy(strategies, { strategyId: "x", userId })), /"x": not a UUID$/);
});

Deno.test("saveStrategy() keeps to the largest number of strategies per user", async () => {
  const { save } = world();
  for (let n = 0; n < strategiesPerUserMax; n++) await save();
  assert.equal(
    await refusal(save()),
    `validation_error: Saved strategies quota exceeded (max=${strategiesPerUserMax})`,
  );
  await save({}, strangerId);
});

Deno.test("saveStrategy() refuses names nobody knows", async () => {
  const { save } = world();
  const grids = template.indicator_grids as readonly Record<string, unknown>[];
  const axis = { mode: "explicit", values: [3] };
  assert.equal(
    await refusal(save({ signal_grids: { "momentum.rsi": { long_threshold: axis } } })),
    'validation_error: signal_grids: indicator "momentum.rsi" is not in this sweep; known are ma.sma',
  );
  assert.equal(
    await refusal(save({ indicator_grids: [{ ...grids[0], params: { windows: axis } }] })),
    'validation_error: ma.sma: unexpected grid param axes: windows; nearest is "window"; known are source, window',
  );
  assert.match(
    await refusal(save({ indicator_grids: [{ indicator_id: "sma" }] })),
    /Unknown indicator "sma"; nearest is "ma.sma"; known are /,
  );
});

Deno.test("submitJob() and runBacktest() refuse names nobody knows, in a template and in overrides", async () => {
  const { save, submit, run } = world();
  const { strategyId } = await save();
  const signal_grids = { rsi: { long_threshold: { mode: "explicit", values: [3] } } };
  const expected = 'validation_error: signal_grids: indicator "rsi" is not in this sweep; known are ma.sma';
  for (const way of [submit, run]) {
    const sent = { template: { ...template, signal_grids } };
    assert.equal(await refusal(way(sent)), expected);
    assert.equal(await refusal(way({ strategy_id: strategyId, overrides: { signal_grids } })), expected);
  }
});
