import assert from "node:assert/strict";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { freePort } from "../helpers/free_port.ts";
import { hasCommit, oldProgram } from "../helpers/old_program.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { walkRequest, workerWorld } from "../helpers/worker_world.ts";
import { earlierVersion, stillWorks } from "./other_schema.ts";

const server = embeddedPostgres();
/** The last state of the project that knew eight migrations, and refused any schema but its own at the start. */
const commit = "63e5e6a";
const obstacle = !await stillWorks(8)
  ? "a later migration says that it breaks this release"
  : !await hasCommit(commit)
  ? `the history of this checkout does not have ${commit}`
  : null;

Deno.test({
  name: "the worker of schema 8, taken from the history, goes on while this version migrates and submits" +
    (obstacle === null ? "" : ` (skipped: ${obstacle})`),
  ignore: obstacle !== null,
  async fn() {
    await using earlier = await earlierVersion(8);
    await using world = await workerWorld(server, { ...earlier, leaseSeconds: 60 });
    await using old = await oldProgram(commit);
    const config = await old.config((text) =>
      text.replace(/directory: [^\s,}]+/, `directory: ${world.folder.path}/candles`)
    );
    const worker = old.start(["worker", "--metrics-port", String(freePort())], {
      STRATEGY_PG_DSN: world.dsn,
      ROEHUB_BACKTEST_CONFIG: config,
    });
    await worker.saw("event=metrics_started");
    const applied = await world.sql((sql) => migrate(sql));
    assert.ok(applied.length > 0);
    const jobs = [
      await world.submit(walkRequest({ windows: 60 })),
      await world.submit(walkRequest({ windows: 30 })),
    ];
    for (const jobId of jobs) await worker.saw(`event=job_processed job_id=${jobId}`);
    worker.process.kill("SIGTERM");
    assert.equal((await worker.ended()).code, 0);
    const rows = await world.sql((sql) => sql`SELECT state, attempt, retries FROM backtest_jobs`);
    assert.deepEqual([...rows], Array(2).fill({ state: "succeeded", attempt: 1, retries: 0 }));
  },
});
