import assert from "node:assert/strict";
import { fakePostgres } from "../../../tests/helpers/fake_postgres.ts";
import { embeddedPostgres } from "../../../tests/helpers/postgres.ts";
import { requireSession } from "./require_session.ts";

/** Time that stands still. */
const still = {
  sleep: (_: number, signal?: AbortSignal) => new Promise<void>((end) => signal && ended(signal, end)),
};

function ended(signal: AbortSignal, end: () => void): void {
  signal.addEventListener("abort", end, { once: true });
}

const postgres = embeddedPostgres();
// the driver closes the sockets of a pool that is to end at once when it gets to it
const driven = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "requireSession() takes a server that gives every connection a session of its own",
  driven,
  async () => {
    await requireSession(await postgres.createDatabase(), still);
  },
);

Deno.test(
  "requireSession() refuses a pooler whose connections share sessions, at once or after a while, in words that help",
  driven,
  async () => {
    const poolers: readonly ((connection: number, statement: number) => number)[] = [
      () => 100,
      // another server process for the second statement of the first connection
      (connection, statement) => 100 + connection + 10 * statement,
    ];
    for (const pid of poolers) {
      await using server = fakePostgres({ seats: 2, pid });
      await assert.rejects(requireSession(server.dsn, still), {
        code: "storage_unavailable",
        message:
          "Cannot use the database: its connections share sessions, as a pooler in transaction or statement mode " +
          "makes them; set pool_mode = session, or let the DSN name the server itself",
      });
    }
  },
);

Deno.test(
  "requireSession() gives up a pooler that has no second connection, after 10 s, and says how many are needed",
  driven,
  async () => {
    await using server = fakePostgres({ seats: 1, pid: () => 100 });
    const slept: number[] = [];
    const clock = {
      async sleep(ms: number) {
        slept.push(ms);
        while (server.open < 2) await new Promise((resolve) => setTimeout(resolve, 0));
      },
    };
    await assert.rejects(requireSession(server.dsn, clock), {
      code: "storage_unavailable",
      message:
        "Cannot use the database: no second connection within 10 s; a pooler in session mode needs a pool of at " +
        "least 11 connections for each process",
    });
    assert.deepEqual(slept, [10_000]);
  },
);

Deno.test("requireSession() says that a server is not there as every other call does", async () => {
  await assert.rejects(requireSession("postgres://ann:x@127.0.0.1:1/x", still), {
    code: "storage_unavailable",
    message: /^Cannot open the database: /,
  });
});
