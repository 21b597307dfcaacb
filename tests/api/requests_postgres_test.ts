import assert from "node:assert/strict";
import { asTexts } from "../../src/adapters/postgres/fragments.ts";
import fc from "fast-check";
import { type AnyRequest, operationsOf, rightRequest, wrongRequest } from "../helpers/any_request.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { type PostgresApi, postgresApi } from "../helpers/postgres_api.ts";
import { requestWorld, seed, type Seeded, sendAny } from "../helpers/request_world.ts";

const server = embeddedPostgres();
const rightRuns = 8;
const wrongRuns = 25;

/** What a database refuses and memory does not would be an error of ours. */
Deno.test("right and changed requests of every operation over Postgres are never answered with 500, and reads are the same from any replica", async () => {
  await using api = await postgresApi(await server.createDatabase(), { replicas: 2 });
  const [first, second] = api.replicas;
  const statuses = new Map<number, number>();
  const { document } = await requestWorld(await seed(api));
  for (const operation of operationsOf(document)) {
    await api.sql`TRUNCATE backtest_jobs, backtest_runs, backtest_strategies CASCADE`;
    const seeded = await seed(api);
    const world = await requestWorld(seeded);
    const check = async (sent: AnyRequest) => {
      const answer = await sendAny(first!.api, sent);
      assert.ok(answer.status < 500, `${answer.status} ${answer.text}`);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const isSafe = sent.method === "GET" || answer.status >= 400;
      if (isSafe) assert.deepEqual(await sendAny(second!.api, sent), answer);
      await forgetOthers(api, seeded);
    };
    for (
      const [request, numRuns] of [
        [rightRequest(operation, world), rightRuns],
        [wrongRequest(operation, world), wrongRuns],
      ] as const
    ) await fc.assert(fc.asyncProperty(request, check), { seed: 20_260_102, numRuns });
  }
  for (const status of [200, 201, 403, 404, 405, 415, 422]) {
    assert.ok((statuses.get(status) ?? 0) >= 3, `${status}: ${JSON.stringify([...statuses])}`);
  }
});

/** Takes away what a request has created, so that no quota fills. */
async function forgetOthers({ sql }: PostgresApi, seeded: Seeded): Promise<void> {
  const { finishedJobId, queuedJobId, foreignJobId, optimizationId } = seeded;
  const { scenarioId, endedRunIds, waitingRunId } = seeded;
  await sql`DELETE FROM backtest_jobs WHERE NOT job_id = ANY(${
    asTexts(sql, [finishedJobId, queuedJobId, foreignJobId, optimizationId])
  }::uuid[])`;
  await sql`DELETE FROM backtest_runs WHERE kind <> 'baseline' AND NOT run_id = ANY(${
    asTexts(sql, [scenarioId, ...endedRunIds, waitingRunId])
  }::uuid[])`;
}
