import assert from "node:assert/strict";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { endIfRunning } from "../helpers/program.ts";
import { walkRequest, type WorkerWorld, workerWorld } from "../helpers/worker_world.ts";

const server = embeddedPostgres();
const user = "33333333-3333-4333-8333-333333333333";

/** Tasks small enough for a sweep of seconds to have a dozen. */
async function smallTasks({ configPath }: WorkerWorld): Promise<void> {
  const config = await Deno.readTextFile(configPath);
  assert.match(config, /task_variants: 200000/);
  await Deno.writeTextFile(configPath, config.replace("task_variants: 200000", "task_variants: 1500"));
}

async function submit(world: WorkerWorld, more: readonly string[]): Promise<string> {
  const args = ["jobs", "submit", "--request", "-", "--user", user, ...more];
  const { code, stdout, stderr } = await world.run(args, {
    stdin: JSON.stringify(walkRequest({ windows: 180 })),
  });
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

async function out(world: WorkerWorld, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await world.run([...args, "--user", user]);
  assert.equal(code, 0, stderr);
  return stdout;
}

Deno.test("two worker processes share a sweep: both have tasks, and the rows are those of one worker alone", async () => {
  await using world = await workerWorld(server);
  await smallTasks(world);
  const workers = [world.startWorker(), world.startWorker()];
  try {
    await Promise.all(workers.map((worker) => worker.saw("event=metrics_started")));
    const shared = await submit(world, ["--workers", "2"]);
    await out(world, "jobs", "watch", shared);
    const shown = await out(world, "jobs", "show", shared);
    assert.match(shown, /\nsucceeded: 13 of 13 tasks finished, 0 running, at most 2 at a time\n/);
    const { tasks, optimization } = JSON.parse(await out(world, "jobs", "show", shared, "--json"));
    assert.equal(optimization.status, "succeeded");
    const names = new Set(tasks.map(({ worker }: { readonly worker: string }) => worker));
    assert.equal(names.size, 2, `tasks of ${[...names]}`);
    for (const name of names) assert.ok(shown.includes(` ${name} `), shown);
    const alone = await submit(world, ["--workers", "1"]);
    const whole = await submit(world, []);
    await out(world, "jobs", "watch", alone);
    await out(world, "jobs", "watch", whole);
    const rows = async (id: string) => JSON.parse(await out(world, "jobs", "top", id, "--json")).items;
    const expected = await rows(whole);
    assert.equal(expected.length, 20);
    assert.deepEqual(await rows(shared), expected);
    assert.deepEqual(await rows(alone), expected);
    assert.doesNotMatch(await out(world, "jobs", "show", whole), /tasks finished/);
    const stopped = await submit(world, ["--stop-when", "total_return_pct >= -100"]);
    await out(world, "jobs", "watch", stopped);
    assert.match(
      await out(world, "jobs", "show", stopped),
      /\nstopped by task 1: total_return_pct \S+ >= -100\n/,
    );
  } finally {
    for (const worker of workers) endIfRunning(worker);
    await Promise.all(workers.map((worker) => worker.ended()));
  }
});
