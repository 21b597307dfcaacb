import assert from "node:assert/strict";
import { BacktestError } from "../../core/errors/mod.ts";
import { databaseErrorKinds } from "../../ports/database_usage.ts";
import { DatabaseCalls } from "./database_calls.ts";

function failure(sqlstate?: string): BacktestError {
  return new BacktestError("storage_unavailable", "Cannot read a job: it failed", {
    details: sqlstate === undefined ? {} : { sqlstate },
  });
}

Deno.test("watch() passes arguments, answers and errors on", async () => {
  const error = new TypeError("not a UUID");
  const port = {
    add: (a: number, b: number) => Promise.resolve(a + b),
    fail: () => Promise.reject(error),
  };
  const calls = new DatabaseCalls({ connectionsMax: 2 });
  const watched = calls.watch(port);
  assert.equal(await watched.add(2, 3), 5);
  await assert.rejects(watched.fail(), error);
  assert.deepEqual(databaseErrorKinds.map((kind) => calls.errors(kind)), [0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("watch() counts the calls under way of all ports together", async () => {
  const calls = new DatabaseCalls({ connectionsMax: 2 });
  const gate = Promise.withResolvers<void>();
  const [first, second] = [1, 2].map(() => calls.watch({ wait: () => gate.promise }));
  const waiting = [first!.wait(), second!.wait(), second!.wait()];
  assert.equal(calls.callsUnderWay, 3);
  gate.resolve();
  await Promise.all(waiting);
  assert.equal(calls.callsUnderWay, 0);
});

Deno.test("watch() counts failures of the database by kind", async () => {
  const calls = new DatabaseCalls({ connectionsMax: 2 });
  const { fail } = calls.watch({ fail: (sqlstate?: string) => Promise.reject(failure(sqlstate)) });
  const kinds = [
    [undefined, "connection"],
    ["08006", "connection"],
    ["57P01", "connection"],
    ["57014", "timeout"],
    ["25P03", "timeout"],
    ["55P03", "timeout"],
    ["53300", "resources"],
    ["53100", "resources"],
    ["40P01", "conflict"],
    ["23505", "integrity"],
    ["28P01", "permission"],
    ["42501", "permission"],
    ["42P01", "other"],
  ] as const;
  for (const [sqlstate, kind] of kinds) {
    const before = calls.errors(kind);
    await assert.rejects(fail(sqlstate), { code: "storage_unavailable" });
    assert.equal(calls.errors(kind), before + 1, sqlstate);
  }
  const all = databaseErrorKinds.reduce((sum, kind) => sum + calls.errors(kind), 0);
  assert.equal(all, kinds.length);
});
