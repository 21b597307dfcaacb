import assert from "node:assert/strict";
import { isTerminal, jobStates, stages } from "../../src/core/job/mod.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";

const server = embeddedPostgres();

Deno.test("S004-23 S000-13 database, API and code know the same states and stages", async () => {
  const { json } = await apiWorld().send("GET", "/openapi.json");
  const { Job, JobList, TopRows } = json.components.schemas;
  const { items } = JobList.properties.items;
  for (const schema of [Job.properties.state, items.properties.state, TopRows.properties.state]) {
    assert.deepEqual(schema.enum, jobStates);
  }
  for (const schema of [Job.properties.stage, items.properties.stage]) assert.deepEqual(schema.enum, stages);
  await withSchema(await server.createDatabase(), async (sql) => {
    const literals = async (column: string) => {
      const [row] = await sql<[{ definition: string }]>`
        SELECT pg_get_constraintdef(c.oid) AS definition
        FROM pg_attribute AS a JOIN pg_constraint AS c ON c.contypid = a.atttypid
        WHERE a.attrelid = 'backtest_jobs'::regclass AND a.attname = ${column}`;
      return [...row.definition.matchAll(/'([a-z_]+)'/g)].map(([, literal]) => literal);
    };
    assert.deepEqual(await literals("state"), jobStates);
    assert.deepEqual(await literals("stage"), stages);
  });
});

Deno.test("S003-39 which states end a job follows from one table", () => {
  assert.deepEqual(jobStates.filter(isTerminal), ["succeeded", "failed", "cancelled"]);
});
