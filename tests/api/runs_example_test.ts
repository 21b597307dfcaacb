import assert from "node:assert/strict";
import { exampleBody, runApi } from "../helpers/run_api.ts";

/** Section 8 of the contract: what is sent, and what the account is shown to be after it. */
const rows = [
  { send: "long", side: "long", available: -10, equity: 9985.002498750626 },
  { send: "hold", side: "long", available: -10, equity: 10384.802598700651 },
  { send: null, side: "long", available: -10, equity: 10284.852573713144 },
  { send: "short", side: "short", available: -9.820314767616194, equity: 9805.581839157923 },
  { send: "hold", side: "short", available: -9.820314767616194, equity: 9955.20459115752 },
  { send: "flat", side: "flat", available: 9516.119107084158, equity: 9516.119107084158 },
] as const;

Deno.test("S003-05 S003-20 the worked example comes out to the digit", async () => {
  await using api = runApi();
  const { run_id: id, state, phase, total_steps } = await api.started();
  assert.deepEqual([state, phase, total_steps], ["running", "waiting_decision", 6]);
  const sent: { readonly step: number; readonly key: string; readonly text: string }[] = [];
  for (const [step, { send, side, available, equity }] of rows.entries()) {
    if (send === null) {
      await api.clock.advance(60_000);
      const context = (await api.send("GET", `/backtests/runs/${id}/context`)).json;
      assert.deepEqual([context.step_index, context.portfolio.equity_quote], [3, 9835.077461269366]);
      continue;
    }
    const key = `step-${step}`;
    const { status, json, text } = await api.decide(id, { step_index: step, action: send }, key);
    assert.equal(status, 200, text);
    assert.deepEqual([json.side, json.portfolio.available_quote, json.portfolio.equity_quote], [
      side,
      available,
      equity,
    ]);
    sent.push({ step, key, text });
  }
  const late = await api.decide(id, { step_index: 2, action: "flat" }, "late");
  assert.deepEqual([late.status, late.json.error.details], [409, {
    reason: "run_ended",
    state: "succeeded",
  }]);
  const run = (await api.send("GET", `/backtests/runs/${id}`)).json;
  assert.deepEqual([run.state, run.timeout_holds, run.step_index], ["succeeded", 1, 6]);
  assert.deepEqual(run.metrics, {
    total_return: -0.048388089291584224,
    sharpe_ratio: -3.8074743740125108,
    max_drawdown: 0.08364949486138362,
    num_trades: 2,
    final_equity: 9516.119107084158,
    llm_calls: null,
    input_tokens: null,
    output_tokens: null,
    est_cost_usd: null,
  });
  // each decision once more, also those before the end: the very bytes
  for (const { step, key, text } of sent) {
    const again = await api.decide(id, { step_index: step, action: rows[step]!.send }, key);
    assert.equal(again.text, text);
  }
  const cancelled = await api.send("POST", `/backtests/runs/${id}/cancel`);
  assert.deepEqual([cancelled.status, cancelled.json.state], [200, "succeeded"]);
});

Deno.test("the worked example fills at the prices and for the reasons of the contract", async () => {
  await using api = runApi();
  const { run_id: id } = await api.started();
  const fills = async (step_index: number, action: string) =>
    (await api.decide(id, { step_index, action })).json.fills;
  assert.deepEqual(await fills(0, "long"), [{
    ts: "2026-01-06T00:00:00.000Z",
    kind: "entry",
    side: "buy",
    reason: "entry",
    price: 100.05,
    qty_base: 99.95002498750625,
    quote: 10_000,
    fee_quote: 10,
  }]);
  assert.deepEqual(await fills(1, "hold"), []);
  assert.deepEqual(await fills(2, "hold"), []);
  const [exit, entry] = await fills(3, "short");
  assert.deepEqual([exit.kind, exit.side, exit.reason, exit.price], [
    "exit",
    "sell",
    "signal_exit",
    98.45075,
  ]);
  assert.deepEqual([entry.kind, entry.side, entry.price], ["entry", "sell", 98.45075]);
  await fills(4, "hold");
  const [last] = await fills(5, "flat");
  assert.deepEqual([last.kind, last.side, last.reason, last.price], [
    "exit",
    "buy",
    "signal_exit",
    101.300625,
  ]);
  const { trades } = (await api.send("GET", `/backtests/runs/${id}/result`)).json;
  assert.deepEqual(trades.map((trade: { net_pnl_quote: number }) => trade.net_pnl_quote), [
    -179.68523238380712,
    -304.1956605320352,
  ]);
});

Deno.test("with a stop of 1 % both trades of the worked example end by it, for the same money", async () => {
  await using api = runApi();
  const risk = { sl_enabled: true, sl_pct: 1, tp_enabled: false, tp_pct: null };
  const { run_id: id } = await api.started({ ...exampleBody, risk });
  for (const [step_index, action] of ["long", "hold", "hold"].entries()) {
    await api.decide(id, { step_index, action });
  }
  const due = (await api.send("GET", `/backtests/runs/${id}/context`)).json;
  assert.deepEqual([due.step_index, due.risk_exit_due], [3, "sl"]);
  for (const [i, action] of ["short", "hold", "flat"].entries()) {
    await api.decide(id, { step_index: 3 + i, action });
  }
  const { trades, metrics } = (await api.send("GET", `/backtests/runs/${id}/result`)).json;
  assert.deepEqual(trades.map((trade: { exit_reason: string }) => trade.exit_reason), ["sl", "sl"]);
  assert.equal(metrics.final_equity, 9516.119107084158);
});

Deno.test("a position that is open after the last step is closed there, and the last answer shows the account after it", async () => {
  await using api = runApi();
  const { run_id: id } = await api.started();
  let last;
  for (const [step_index, action] of ["flat", "flat", "flat", "long", "hold", "hold"].entries()) {
    last = (await api.decide(id, { step_index, action })).json;
  }
  assert.equal(last.portfolio.equity_quote, 10248.644852700552);
  assert.equal(last.fills.at(-1).reason, "forced_close");
  const { equity } = (await api.send("GET", `/backtests/runs/${id}/result`)).json;
  assert.equal(equity.at(-1).equity, 10248.644852700552);
});

Deno.test("S003-18 S003-35 a success is there before its baselines, and is shown beside them afterwards", async () => {
  await using api = runApi();
  const { run_id: id } = await api.started();
  for (let step_index = 0; step_index < 6; step_index++) {
    await api.decide(id, { step_index, action: "flat" });
  }
  await api.runWorld.baselines[Symbol.asyncDispose]();
  const run = (await api.send("GET", `/backtests/runs/${id}`)).json;
  const { buy_and_hold, flat } = run.baseline_run_ids;
  assert.equal(run.compare_url, `/backtests/runs/compare?run_ids=${id},${buy_and_hold},${flat}`);
  const held = (await api.send("GET", `/backtests/runs/${buy_and_hold}/result`)).json;
  assert.deepEqual([held.metrics.final_equity, held.metrics.total_return, held.metrics.max_drawdown], [
    10094.765179910046,
    0.009476517991004574,
    0.06737250595404543,
  ]);
  assert.deepEqual(held.trades.map((trade: { exit_reason: string }) => trade.exit_reason), ["forced_close"]);
  const compared = (await api.send("GET", run.compare_url)).json;
  assert.deepEqual(compared.runs.map((one: { run_id: string }) => one.run_id), [id, buy_and_hold, flat]);
  assert.equal(compared.close_ts.length, 6);
  assert.deepEqual(compared.equity[flat], Array(6).fill(10_000));
});
