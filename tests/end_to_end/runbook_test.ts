import assert from "node:assert/strict";
import {
  denoOnPath,
  type RunbookBlock,
  runbookBlocks,
  type RunbookShell,
  runbookText,
  runShell,
  startShell,
} from "../helpers/runbook.ts";
import { freePort } from "../helpers/free_port.ts";
import { hasPrograms } from "../helpers/optional_program.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { endlessRequest, type WorkerWorld, workerWorld } from "../helpers/worker_world.ts";

const server = embeddedPostgres();
const blocks = runbookBlocks();
const root = new URL("../../", import.meta.url);
const withoutShell = !await hasPrograms("bash", "curl");
/** Whom the API in mode `dev` takes everybody for. */
const localUser = "00000000-0000-4000-8000-000000000001";

Deno.test("S001-32 every shell block of the runbook runs as written, in order, and shows what it promises", {
  ignore: withoutShell,
}, async () => {
  await using world = await workerWorld(server, { leaseSeconds: 60 });
  const shell = await shellOf(world);
  await Deno.mkdir(`${world.folder.path}/candles/100`);
  await Deno.copyFile(
    new URL("docs/examples/sp500-daily.csv", root),
    `${world.folder.path}/candles/100/SP500.csv`,
  );
  const started: { readonly stop: () => Promise<number> }[] = [];
  const owner = crypto.randomUUID();
  const runningJob = async (user: string) => ({ JOB: await claimedJob(world, user), OWNER: user });
  const before: Readonly<Record<string, () => Promise<Readonly<Record<string, string>>>>> = {
    "cancel a job, as its owner": () => runningJob(owner),
    "cancel a job over the API": () => runningJob(localUser),
    "what would go": () => oldJob(world),
  };
  const after: Readonly<Record<string, () => Promise<void>>> = {
    "delete it": async () => assert.equal(await oldJobs(world), 0),
  };
  try {
    for (const block of ofLanguage("sh")) {
      const variables = await before[block.name]?.();
      if (block.logs.length > 0) {
        started.push(await startShell(block, shell));
        continue;
      }
      assert.ok(block.shows.length > 0, `"${block.name}" promises nothing`);
      const { code, stdout, stderr } = await runShell(block, {
        ...shell,
        env: { ...shell.env, ...variables },
      });
      assert.equal(code, 0, `${block.name}\n${stdout}\n${stderr}`);
      for (const text of block.shows) {
        assert.ok(stdout.includes(text), `${block.name} shows\n${stdout}\n${stderr}`);
      }
      await after[block.name]?.();
    }
  } finally {
    const codes = await Promise.all(started.map(({ stop }) => stop()));
    assert.deepEqual(codes, [0, 0]);
  }
});

Deno.test("the runbook has the sections that alerts lead to, and its links lead somewhere", async () => {
  const anchors = anchorsOf(runbookText);
  const expected = [
    "stuck-jobs",
    "queue-wait",
    "worker-down",
    "lease-lost",
    "upstream-errors",
    "database-errors",
  ];
  for (const anchor of expected) assert.ok(anchors.has(anchor), anchor);
  for (const [, path, anchor] of runbookText.matchAll(/\]\(([\w./-]*)(?:#([\w-]+))?\)/g)) {
    const file = new URL(path || "backtest-job-runner.md", new URL("docs/runbooks/", root));
    const text = await Deno.readTextFile(file);
    if (anchor) assert.ok(anchorsOf(text).has(anchor), `${path}#${anchor}`);
  }
});

Deno.test("the runbook names only metrics, events and alerts that exist", async () => {
  const metrics = await Deno.readTextFile(new URL("docs/metrics.md", root));
  for (const [, name] of runbookText.matchAll(/`((?:backtest|queue|job|process)_[a-z_]+?)(?:\{[^`]*)?`/g)) {
    if (/_(jobs|variants|shortlist)$/.test(name!) && !metrics.includes(name!)) continue;
    assert.ok(metrics.includes(`\`${name}\``), name);
  }
  const rules = await Deno.readTextFile(new URL("deploy/prometheus/backtest.rules.yml", root));
  const named = [...runbookText.matchAll(/\bBacktest[A-Z]\w+/g)].map(([name]) => name);
  const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name!);
  assert.deepEqual([...new Set(named)].sort(), alerts.sort());
});

function ofLanguage(language: string): readonly RunbookBlock[] {
  const found = [...blocks.values()].filter((block) => block.language === language);
  assert.ok(found.length > 8);
  return found;
}

/** Anchors of a document's headings, as its readers make them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map(([, title]) => title!.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-")),
  );
}

async function shellOf({ dsn, env, folder }: WorkerWorld): Promise<RunbookShell> {
  const inherited = ["HOME", "DENO_DIR", "NPM_CONFIG_REGISTRY"].map((name) =>
    [name, Deno.env.get(name)] as const
  );
  return {
    env: {
      ...Object.fromEntries(
        inherited.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
      ),
      ...env,
      POSTGRES_DSN: dsn,
      PATH: await denoOnPath(folder.path),
      TMPDIR: folder.path,
      NO_COLOR: "1",
    },
    ports: { "9204": freePort(), "8000": freePort() },
  };
}

/** A job too long to end by itself here, once a worker has begun it. */
async function claimedJob(world: WorkerWorld, user: string): Promise<string> {
  const jobId = await world.submit(endlessRequest(), user);
  await world.sql(async (sql) => {
    for (let state = ""; state !== "running";) {
      [{ state }] = await sql<[{ state: string }]>`
        SELECT state FROM backtest_jobs, pg_sleep(0.02) WHERE job_id = ${jobId}::uuid`;
    }
  });
  return jobId;
}

async function oldJob(world: WorkerWorld): Promise<Readonly<Record<string, string>>> {
  await world.sql((sql) =>
    sql`
      INSERT INTO backtest_jobs (
        job_id, user_id, mode, state, stage, created_at, updated_at, finished_at, request_json, request_hash,
        engine_params_hash, backtest_runtime_config_hash
      )
      SELECT gen_random_uuid(), gen_random_uuid(), 'template', 'cancelled', 'stage_a', at, at, at, '{"a":1}',
        repeat('a', 64), repeat('a', 64), repeat('a', 64)
      FROM (SELECT date_trunc('milliseconds', now()) - interval '91 days' AS at) AS ended`
  );
  return {};
}

async function oldJobs(world: WorkerWorld): Promise<number> {
  const [row] = await world.sql((sql) =>
    sql<[{ readonly jobs: number }]>`
      SELECT count(*)::int AS jobs FROM backtest_jobs WHERE finished_at < now() - interval '90 days'`
  );
  return row.jobs;
}
