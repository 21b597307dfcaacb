import assert from "node:assert/strict";
import { largeSweep } from "../helpers/large_sweep.ts";
import { withPool } from "../helpers/postgres.ts";
import { startProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

/** 153,664 base variants and 420,000 expanded ones: it is under way for a while. */
const longRequest = largeSweep({
  instrument: { market_id: 100, symbol: "SP500" },
  sources: ["close", "hl2"],
  preselect: 3000,
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

Deno.test("13 start prints the DSN of its database without the password, which its folder has", async () => {
  await using folder = await temporaryFolder();
  // as root the server is another account's, which must get there
  await Deno.chmod(folder.path, 0o755);
  const running = await start(folder.path);
  const [, printed] = /event=database_started .*dsn=(\S+)/.exec(running.log())!;
  const password = await Deno.readTextFile(`${folder.path}/postgres/password`);
  assert.match(printed!, /^postgres:\/\/postgres:\*\*\*@127\.0\.0\.1:\d+\/postgres$/);
  assert.ok(!running.log().includes(password));
  const rows = await withPool(
    printed!.replace("***", password),
    (sql) => sql`SELECT count(*)::int AS jobs FROM backtest_jobs`,
  );
  assert.deepEqual([...rows], [{ jobs: 0 }]);
  assert.equal(await running.stop(), 0);
});
