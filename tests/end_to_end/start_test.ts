import assert from "node:assert/strict";
import { startProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

/** 153,664 base variants and 420,000 expanded ones: it is under way for a while. */
const longRequest = JSON.stringify({
  time_range: { start: "2001-01-01T00:00:00Z", end: "2020-04-01T00:00:00Z" },
  template: {
    instrument_id: { market_id: 100, symbol: "SP500" },
    timeframe: "1d",
    indicator_grids: ["ma.ema", "ma.sma"].map((indicator_id) => ({
      indicator_id,
      params: { window: { mode: "range", start: 5, stop_incl: 200, step: 1 } },
      source: { mode: "explicit", values: ["close", "hl2"] },
    })),
    risk_grid: {
      sl_enabled: true,
      tp_enabled: true,
      sl: { mode: "range", start: 1, stop_incl: 10, step: 1 },
      tp: { mode: "range", start: 1, stop_incl: 14, step: 1 },
    },
    execution: { fee_pct: 0.1 },
  },
  preselect: 3000,
  top_k: 5,
});
const request = Deno.readTextFileSync(new URL("../../docs/examples/sp500-sma-rsi.json", import.meta.url));

/** `start` over a data folder, on any free port. */
async function start(data: string) {
  const program = startProgram(["start", "--data", data, "--port", "0"]);
  await program.saw("event=metrics_started");
  await program.saw("event=api_started");
  const url = /event=api_started url=(\S+)/.exec(program.stderr())![1];
  return {
    url,
    log: program.stderr,
    async stop() {
      program.process.kill("SIGTERM");
      return (await program.ended()).code;
    },
  };
}

Deno.test("start runs a job from its API to its rows, and a restart over the same folder still has them", async () => {
  await using folder = await temporaryFolder();
  const first = await start(folder.path);
  const created = await fetch(`${first.url}/backtests/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: request,
  });
  assert.equal(created.status, 201);
  const { job_id } = await created.json();
  const events = await (await fetch(`${first.url}/backtests/jobs/${job_id}/events`)).text();
  assert.match(events, /"state":"succeeded"/);
  const rows = await (await fetch(`${first.url}/backtests/jobs/${job_id}/top`)).text();
  assert.equal(JSON.parse(rows).items.length, 10);
  assert.equal(await first.stop(), 0);

  const second = await start(folder.path);
  const again = await (await fetch(`${second.url}/backtests/jobs/${job_id}/top`)).text();
  assert.equal(await second.stop(), 0);
  assert.equal(again, rows);
});

Deno.test("start that is stopped while a job runs gives the job back, and the next start ends it", async () => {
  await using folder = await temporaryFolder();
  const first = await start(folder.path);
  const created = await fetch(`${first.url}/backtests/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: longRequest,
  });
  assert.equal(created.status, 201);
  const { job_id } = await created.json();
  const stream = await fetch(`${first.url}/backtests/jobs/${job_id}/events`);
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes('"state":"running"')) text += (await reader.read()).value;
  await reader.cancel();
  assert.equal(await first.stop(), 0);
  assert.doesNotMatch(first.log(), /event=job_processed .*status=succeeded/);

  const second = await start(folder.path);
  const events = await (await fetch(`${second.url}/backtests/jobs/${job_id}/events`)).text();
  const rows = await (await fetch(`${second.url}/backtests/jobs/${job_id}/top`)).json();
  assert.equal(await second.stop(), 0);
  assert.match(events, /"state":"succeeded"/);
  assert.equal(rows.items.length, 5);
});
