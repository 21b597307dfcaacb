import assert from "node:assert/strict";
import { apiProcess } from "../helpers/api_process.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { walkRequest, workerWorld } from "../helpers/worker_world.ts";

const server = embeddedPostgres();

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

Deno.test("S000-39 a trace id goes from the API to the worker's log, which may be JSON, and to jobs show", async () => {
  await using world = await workerWorld(server);
  await using api = await apiProcess(world);
  const user = crypto.randomUUID();
  const response = await fetch(`${api.url}/backtests/jobs`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await api.token(user)}`,
      "content-type": "application/json",
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    },
    body: JSON.stringify(walkRequest({ windows: 5 })),
  });
  const { job_id: jobId } = await response.json();
  assert.equal(response.status, 201);
  assert.match(response.headers.get("traceresponse") ?? "", new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  const untraced = await world.submit(walkRequest({ windows: 5 }));

  const worker = world.startWorker({ BACKTEST_LOG_FORMAT: "json" });
  await worker.saw(`"event":"job_processed","job_id":"${jobId}"`);
  await worker.saw(`"event":"job_processed","job_id":"${untraced}"`);
  worker.process.kill("SIGTERM");
  const { code, stderr } = await worker.ended();
  assert.equal(code, 0);

  const lines = stderr.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.ok(lines.every(({ ts, level, component }) => ts && level && component === "backtest-job-runner"));
  assert.deepEqual(lines.map(({ event }) => event).filter((event) => !/^(job|stage)_/.test(event)), [
    "metrics_started",
    "worker_stopped",
  ]);
  const traced = lines.filter(({ job_id }) => job_id === jobId);
  assert.deepEqual(traced.map(({ event, stage }) => `${event} ${stage}`), [
    "job_claimed stage_a",
    "stage_started stage_a",
    "stage_finished stage_a",
    "stage_started stage_b",
    "stage_finished stage_b",
    "stage_started finalizing",
    "stage_finished finalizing",
    "job_processed finalizing",
  ]);
  for (const line of traced) {
    const names = [
      "ts",
      "level",
      "component",
      "event",
      "job_id",
      "attempt",
      "locked_by",
      "stage",
      "trace_id",
    ];
    assert.deepEqual(Object.keys(line).slice(0, names.length), names);
    assert.deepEqual([line.trace_id, line.attempt], [traceId, 1]);
  }
  const others = lines.filter(({ job_id }) => job_id === untraced);
  assert.ok(others.length === traced.length && others.every((line) => !("trace_id" in line)));

  const shown = await world.run(["jobs", "show", jobId, "--user", user]);
  assert.match(shown.stdout, new RegExp(`^trace_id +${traceId}$`, "m"));
  const rows = async (id: string) =>
    await world.sql((sql) =>
      sql`SELECT rank, variant_key, total_return_pct, payload_json, report_table_md, trades_json
        FROM backtest_job_top_variants WHERE job_id = ${id}::uuid ORDER BY rank`
    );
  // the traced job and the other one are the same request
  assert.deepEqual(await rows(jobId), await rows(untraced));
});

Deno.test("a log format that is none ends the start with one line naming the variable", async () => {
  await using world = await workerWorld(server);
  const { code, stderr } = await world.run(["worker"], { env: { BACKTEST_LOG_FORMAT: "xml" } });
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot start: BACKTEST_LOG_FORMAT must be text or json, got "xml".*\n$/);
});

Deno.test("log.format of the config makes the lines JSON, and the environment goes before it", async () => {
  await using world = await workerWorld(server);
  const config = await Deno.readTextFile(world.configPath);
  const changed = config.replace("enabled: true", "enabled: false").replace("format: text", "format: json");
  await Deno.writeTextFile(world.configPath, changed);
  const disabled = await world.run(["worker"]);
  assert.equal(disabled.code, 0);
  assert.equal(JSON.parse(disabled.stderr).status, "disabled");
  const text = await world.run(["worker"], { env: { BACKTEST_LOG_FORMAT: "text" } });
  assert.match(text.stderr, /component=backtest-job-runner status=disabled/);
});
