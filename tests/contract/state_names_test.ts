import assert from "node:assert/strict";
import { isTerminal, jobStates, stages } from "../../src/core/job/mod.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";

const server = embeddedPostgres();
const sources = new URL("../../src/", import.meta.url);

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

Deno.test("S003-39 which states end a job follows from one table, and no other list of them is kept", async () => {
  assert.deepEqual(jobStates.filter(isTerminal), ["succeeded", "failed", "cancelled"]);
  const list =
    /\[\s*"succeeded",\s*"failed",\s*"cancelled",?\s*\]|IN \(\s*'succeeded',\s*'failed',\s*'cancelled'\s*\)/;
  const lists: string[] = [];
  for await (const path of files(sources)) {
    if (path.pathname.endsWith("_test.ts") || path.pathname.endsWith(".sql")) continue;
    if (list.test(await Deno.readTextFile(path))) lists.push(path.pathname);
  }
  assert.deepEqual(lists, []);
});

Deno.test("S000-06 S000-12 a worker gets at jobs by claiming them alone, and does not run them as synchronous runs are run", async () => {
  let read = 0;
  for await (const path of files(new URL("worker/", sources))) {
    if (path.pathname.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(path);
    assert.doesNotMatch(text, /job_repository|JobRepository|run_backtest|usecases\//, path.pathname);
    read += text.match(/\bclaimNext\(/g)?.length ?? 0;
  }
  assert.equal(read, 1, "one place claims");
});

async function* files(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* files(new URL(`${name}/`, folder));
    else yield new URL(name, folder);
  }
}
