import assert from "node:assert/strict";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { apiCancelMs, apiDrainMs } from "../../src/core/limits/mod.ts";
import { localApi } from "../helpers/local_api.ts";
import { hasPrograms } from "../helpers/optional_program.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { startProgram } from "../helpers/program.ts";
import { knownBody } from "../helpers/scenario_world.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { untilReady } from "../helpers/until_ready.ts";

const root = new URL("../../", import.meta.url);
const page = Deno.readTextFileSync(new URL("docs/scenarios.md", root));
const postgres = embeddedPostgres();

/** The shell blocks of the page that speak to an API, with what they show. */
const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, script]) => {
  const [, shows] = /^# shows (.+)$/m.exec(script!) ?? [];
  return script!.includes("$API") ? [{ script: script!, shows }] : [];
});

Deno.test("S002-28 the known answer through start and curl, as docs/scenarios.md has it", {
  ignore: !await hasPrograms("bash", "curl"),
}, async () => {
  await using folder = await temporaryFolder();
  const program = startProgram(["start", "--data", `${folder.path}/data`, "--port", "0"]);
  try {
    await program.saw("event=api_started");
    await program.saw("auth=dev");
    const url = /event=api_started url=(\S+)/.exec(program.stderr())![1]!;
    await untilReady(url);
    assert.equal(blocks.length, 5);
    // as one shell runs them, each ends with a line that tells the outputs apart
    const script = blocks.map(({ script }) => `${script}\necho; echo "-- next --"`).join("\n");
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-euo", "pipefail", "-c", `API=${url}\n${script}`],
      cwd: root,
      stdin: "null",
    }).output();
    const outputs = new TextDecoder().decode(stdout).split("-- next --\n");
    assert.equal(code, 0, `${outputs.join("\n")}\n${new TextDecoder().decode(stderr)}`);
    blocks.forEach(({ script, shows }, index) => {
      assert.ok(
        shows !== undefined && outputs[index]!.includes(shows),
        `${script}\nshows:\n${outputs[index]}`,
      );
    });
    const result = JSON.parse(outputs[2]!);
    const close = (actual: number, expected: number) =>
      assert.ok(Math.abs(actual - expected) <= 1e-9 * expected, `${actual}, expected ${expected}`);
    close(result.total_hedge_cost, 8064.911228970288);
    close(result.end_value_hedged_net, 192143.1722063141);
    close(result.max_ltv_hedged, 0.6430585168637591);
    assert.deepEqual([result.margin_call_days_hedged, result.margin_call_days_unhedged], [0, 4]);
  } finally {
    try {
      program.process.kill("SIGTERM");
    } catch {
      // it has ended by itself
    }
    await program.ended();
  }
});

Deno.test("S002-30 an API that is told to stop while a scenario waits for its candles ends in time, and says so of it", async () => {
  const dsn = await postgres.createDatabase();
  await withPool(dsn, (sql) => migrate(sql));
  // a ClickHouse that never answers
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const closing = new AbortController();
  const silent = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {}, signal: closing.signal },
    async (request) => {
      if ((await request.text()).includes("fromUnixTimestamp64Milli")) asked.resolve();
      await released.promise;
      return new Response();
    },
  );
  try {
    await using api = await localApi({
      jobs: true,
      env: { STRATEGY_PG_DSN: dsn, CH_HOST: "127.0.0.1", CH_PORT: String(silent.addr.port) },
    });
    const path = `${api.url}/workspaces/w/scenario`;
    const headers = { "content-type": "application/json" };
    const started = await fetch(path, { method: "POST", headers, body: JSON.stringify(knownBody) });
    assert.equal(started.status, 202, await started.clone().text());
    const { job_id } = await started.json();
    await asked.promise;
    const stoppedMs = performance.now();
    const { code, stderr } = await api.stop();
    const tookMs = performance.now() - stoppedMs;
    assert.equal(code, 0, stderr);
    // a multiple of what it takes: the machine may be busy
    assert.ok(tookMs < 3 * (apiDrainMs + apiCancelMs), `it took ${tookMs} ms`);
    const [row] = await withPool(
      dsn,
      (sql) => sql`SELECT state, last_error FROM backtest_runs WHERE run_id = ${job_id}`,
    );
    assert.deepEqual({ ...row }, {
      state: "failed",
      last_error: "The server was stopped before the scenario was done. Please start it again.",
    });
  } finally {
    released.resolve();
    closing.abort();
    await silent.finished;
  }
});
