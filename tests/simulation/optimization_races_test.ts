import assert from "node:assert/strict";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";
import { manualClock } from "../memory/clock.ts";
import { memoryJobs } from "../memory/jobs.ts";
import { seededChance } from "./chance.ts";
import { type OptimizationRaceStores, type RaceEnd, runOptimizationRace } from "./optimization_races.ts";
import { allAtOnce, oneAfterTheOther } from "./races.ts";

const server = embeddedPostgres();

/** Each end must have come often, or the races are none. */
function assertEnds(ends: readonly RaceEnd[]): void {
  for (const state of ["succeeded", "failed", "cancelled"]) {
    for (const stopped of [true, false]) {
      const found = ends.filter((end) => end.state === state && end.stopped === stopped).length;
      assert.ok(found >= 50, `${found} races ended ${state}, ${stopped ? "stopped" : "not stopped"}`);
    }
  }
}

Deno.test("S004-11 cancel, stop, last task, end and take-over of an optimisation agree in each of 2,000 orders of the twin", async () => {
  const ends: RaceEnd[] = [];
  for (let seed = 1; seed <= 2000; seed++) {
    const clock = manualClock(Date.UTC(2026, 0, 1));
    const expire = () => clock.advance(61_000);
    const stores: OptimizationRaceStores = {
      ...memoryJobs(clock),
      expireLease: expire,
      expireTasks: expire,
    };
    const chance = seededChance(seed);
    ends.push(
      await runOptimizationRace({ stores, chance, number: 1, run: oneAfterTheOther(chance) })
        .catch((error) => assert.fail(`seed ${seed}: ${error.message}`)),
    );
  }
  assertEnds(ends);
});

Deno.test("S004-11 cancel, stop, last task, end and take-over of an optimisation agree in 300 races on Postgres", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const stores: OptimizationRaceStores = {
      ...postgresJobs(sql),
      async expireLease(jobId) {
        await sql`
          UPDATE backtest_jobs SET lease_expires_at = lease_expires_at - interval '1 hour'
          WHERE job_id = ${jobId}::uuid AND state = 'running'`;
      },
      async expireTasks() {
        await sql`
          UPDATE optimization_tasks SET lease_expires_at = lease_expires_at - interval '1 hour'
          WHERE status = 'running'`;
      },
    };
    for (let seed = 1; seed <= 300; seed++) {
      const chance = seededChance(seed);
      await runOptimizationRace({ stores, chance, number: seed, run: allAtOnce(chance) })
        .catch((error) => assert.fail(`seed ${seed}: ${error.message}`));
    }
  });
});
