import assert from "node:assert/strict";
import { connect, disconnect } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";
import { jobIdOf, leaseOf, newJob, reportedVariant, topVariant } from "./job_stores.ts";

const server = embeddedPostgres();
const claim = { lockedBy: "worker-1", leaseSeconds: 60 };

Deno.test("transactions stand still for nothing: what they store is read before, and what is there is compared after", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async () => {});
  const happened: string[] = [];
  const sql = connect(dsn, {
    connectionsMax: 1,
    onStatement: ({ text }) => happened.push(text.trim().split(/\s+/, 3).join(" ").toLowerCase()),
  });
  try {
    const stores = postgresJobs(sql);
    await stores.jobs.create(newJob(1), { maxActive: 9 });
    const lease = leaseOf((await stores.queue.claimNext(claim))!);
    const snapshot = watched([1, 2].map((rank) => topVariant(rank)), () => happened.push("read"));
    const rows = watched([1, 2].map(reportedVariant), () => happened.push("read"));
    const doings: Readonly<Record<string, () => Promise<unknown>>> = {
      "a snapshot": () => stores.results.replaceTopVariants(lease, snapshot),
      "a result": () => stores.queue.succeed(lease, rows),
    };
    for (const [name, doing] of Object.entries(doings)) {
      happened.length = 0;
      assert.ok(await doing(), name);
      assert.deepEqual(readsInside(happened), { before: true, inside: false }, name);
    }

    const archived = (await stores.archive.read(jobIdOf(1)))!;
    const copy = watched(archived, () => happened.push("read"));
    happened.length = 0;
    assert.equal(await stores.archive.restore(copy), "present");
    assert.deepEqual(readsInside(happened), { before: true, inside: false });
    await sql`DELETE FROM backtest_jobs`;
    happened.length = 0;
    assert.equal(await stores.archive.restore(copy), "restored");
    assert.deepEqual(readsInside(happened), { before: true, inside: false });
    assert.deepEqual(await stores.archive.read(jobIdOf(1)), archived);
  } finally {
    await disconnect(sql);
  }
});

/** Whether what is stored was read before the first transaction, and within one. */
function readsInside(happened: readonly string[]): { readonly before: boolean; readonly inside: boolean } {
  let isOpen = false;
  let inside = false;
  for (const what of happened) {
    if (what.startsWith("begin")) isOpen = true;
    else if (what.startsWith("commit") || what.startsWith("rollback")) isOpen = false;
    else if (what === "read" && isOpen) inside = true;
  }
  assert.ok(happened.some((what) => what.startsWith("begin")), happened.join());
  assert.ok(!isOpen, happened.join());
  return {
    before: happened.indexOf("read") < happened.findIndex((what) => what.startsWith("begin")),
    inside,
  };
}

/** The same value, with a word for every member that is read of it, however deep. */
function watched<T extends object>(value: T, onRead: () => void): T {
  return new Proxy(value, {
    get(target, name, receiver) {
      const member = Reflect.get(target, name, receiver);
      if (typeof name === "symbol") return member;
      onRead();
      return typeof member === "object" && member !== null ? watched(member, onRead) : member;
    },
  });
}
