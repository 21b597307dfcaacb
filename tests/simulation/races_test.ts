import assert from "node:assert/strict";
import { manualClock } from "../memory/clock.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";
import { Auditor } from "./auditor.ts";
import { auditedStore } from "./audited_store.ts";
import { seededChance } from "./chance.ts";
import { allAtOnce, oneAfterTheOther, type RaceStores, runRace } from "./races.ts";

const server = embeddedPostgres();

Deno.test("S004-11 cancel, finish and reclaim end a job once in each of 2,000 orders of the twin", async () => {
  const ends = new Map<string, number>();
  for (let seed = 1; seed <= 2000; seed++) {
    const clock = manualClock(Date.UTC(2026, 0, 1));
    const auditor = new Auditor({ clock, maxActive: 1_000_000, cancelsAreSeen: false });
    const ports = auditedStore(auditor, { clock });
    const stores: RaceStores = { ...ports, expireLease: () => clock.advance(61_000) };
    const chance = seededChance(seed);
    const state = await runRace({ stores, chance, number: 1, run: oneAfterTheOther(chance) })
      .catch((error) => assert.fail(`seed ${seed}: ${error.message}`));
    auditor.assertClean();
    ends.set(state, (ends.get(state) ?? 0) + 1);
  }
  for (const state of ["succeeded", "failed", "cancelled"]) assert.ok((ends.get(state) ?? 0) > 50, state);
});

Deno.test("S004-11 cancel, finish and reclaim at the same time end a job once in 300 races on Postgres", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    const stores: RaceStores = {
      ...postgresJobs(sql),
      async expireLease(jobId) {
        await sql`
          UPDATE backtest_jobs SET lease_expires_at = lease_expires_at - interval '1 hour'
          WHERE job_id = ${jobId}::uuid AND state = 'running'`;
      },
    };
    for (let seed = 1; seed <= 300; seed++) {
      const chance = seededChance(seed);
      await runRace({ stores, chance, number: seed, run: allAtOnce(chance) })
        .catch((error) => assert.fail(`seed ${seed}: ${error.message}`));
    }
  });
});
