import assert from "node:assert/strict";
import { readMigrations } from "../../src/adapters/postgres/migration_files.ts";
import { apiProcess } from "../helpers/api_process.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { walkRequest, type WorkerWorld, workerWorld } from "../helpers/worker_world.ts";

const server = embeddedPostgres();

/** What is known of a metric: `counter queue=,status=` and the like. */
type Metrics = ReadonlyMap<string, string>;

/** The rows of the tables of docs/metrics.md below the given headings. */
async function documented(...headings: readonly string[]): Promise<Metrics> {
  const text = await Deno.readTextFile(new URL("../../docs/metrics.md", import.meta.url));
  const metrics = new Map<string, string>();
  for (const section of text.split(/^## /m).slice(1)) {
    const [heading] = section.split("\n", 1);
    if (!headings.includes(heading!)) continue;
    for (const [, name, type, labels] of section.matchAll(/^\| `(\w+)` +\| (\w+) +\| ([^|]*)\|/gm)) {
      metrics.set(name!, described(type!, [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label!)));
    }
  }
  return metrics;
}

/** The metrics of a Prometheus text; labels are those of the samples. */
function exposed(text: string): Metrics {
  const types = new Map([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name!, type!]));
  const labels = new Map([...types.keys()].map((name) => [name, new Set<string>()]));
  const sampled = new Set<string>();
  for (const [, name, inBraces] of text.matchAll(/^(\w+)(?:{(.*)})? \S+$/gm)) {
    const family = types.has(name!) ? name! : name!.replace(/_(bucket|sum|count)$/, "");
    sampled.add(family);
    for (const [, label] of (inBraces ?? "").matchAll(/(\w+)="/g)) {
      if (label !== "le") labels.get(family)!.add(label!);
    }
  }
  assert.deepEqual([...types.keys()].filter((name) => !sampled.has(name)), [], "metrics without a sample");
  return new Map([...types].map(([name, type]) => [name, described(type, [...labels.get(name)!])]));
}

function described(type: string, labels: readonly string[]): string {
  return `${type} ${[...labels].sort().join(",")}`;
}

function sorted(metrics: Metrics): readonly string[] {
  return [...metrics].map(([name, rest]) => `${name} ${rest}`).sort();
}

async function scrape(url: string): Promise<string> {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  return await response.text();
}

async function untilEnded(world: WorkerWorld, jobId: string): Promise<void> {
  const deadline = performance.now() + 180_000;
  while (performance.now() < deadline) {
    const [row] = await world.sql((sql) =>
      sql`SELECT state FROM backtest_jobs WHERE job_id = ${jobId}::uuid`
    );
    if (row!.state === "succeeded") return;
    assert.ok(["queued", "running"].includes(row!.state), row!.state);
  }
  throw new Error(`Cannot see job ${jobId} end within 180 s`);
}

Deno.test("S000-38 S001-10 docs/metrics.md lists what a worker and an API expose, both ways", async () => {
  await using world = await workerWorld(server);
  await using api = await apiProcess(world);
  const client = await api.client(crypto.randomUUID());
  const { job_id: jobId } = await client.submitJob(walkRequest({ windows: 30 }));
  const waiting = await scrape(`${api.url}/metrics`);
  assert.match(waiting, /^backtest_queue_jobs{state="queued"} 1$/m);

  const worker = world.startWorker();
  await worker.saw("event=metrics_started");
  await untilEnded(world, jobId);
  await worker.saw("event=job_processed");

  const workerText = await scrape(worker.metricsUrl);
  assert.deepEqual(sorted(exposed(workerText)), sorted(await documented("Worker", "Both")));
  const apiText = await scrape(`${api.url}/metrics`);
  assert.deepEqual(sorted(exposed(apiText)), sorted(await documented("API", "Both")));

  // a number of each part, to see that the parts are wired to their metrics
  const seen = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(workerText)?.[1]);
  assert.equal(seen('backtest_variants_total{kind="base"}'), 30);
  // and the planes around the winner, whose stop and target vary as well
  assert.ok(seen('backtest_variants_total{kind="risk"}') >= 3000);
  assert.ok(seen('backtest_bar_variants_total{kind="base"}') > 30 * 30_000);
  assert.equal(seen('backtest_candle_load_duration_seconds_count{result="loaded"}'), 1);
  assert.ok(seen("backtest_candle_rows_total") > 30_000);
  assert.ok(seen("backtest_wasm_memory_bytes") > 1e6);
  assert.ok(seen("process_resident_memory_bytes") > 1e7);
  assert.ok(seen('backtest_job_runner_claim_duration_seconds_count{result="claimed"}') === 1);
  const newest = (await readMigrations()).at(-1)!.name.slice(0, 4);
  assert.ok(workerText.includes(`\nbacktest_build_info{version="dev",schema="${newest}"} 1\n`));
  for (const text of [workerText, apiText]) {
    assert.ok(!text.includes(jobId) && !text.includes("WALK"), "ids and symbols are no labels");
  }
  worker.process.kill("SIGTERM");
  assert.equal((await worker.ended()).code, 0);
});
