import assert from "node:assert/strict";
import { BacktestError } from "../../core/errors/mod.ts";
import { connect, disconnect } from "./connect.ts";

Deno.test("connect() refuses a DSN that is no URL in one line that says what to do, without its password", () => {
  for (const dsn of ["postgres://bob:hunter2@[bad", "postgres://bob:hunter2%zz@%zz/x"]) {
    assert.throws(() => connect(dsn, { connectionsMax: 1 }), (error) => {
      assert.ok(error instanceof BacktestError);
      assert.equal(error.code, "validation_error");
      assert.equal(error.message, "Cannot open the database: the DSN is no URL");
      assert.match(JSON.stringify(error.details), /percent-encoded/);
      assert.ok(!Deno.inspect(error).includes("hunter2"));
      return true;
    });
  }
});

Deno.test("connect() takes a DSN of several hosts, and asks none of them yet", async () => {
  await disconnect(connect("postgres://bob:hunter2@127.0.0.1:1,127.0.0.1:2/x", { connectionsMax: 1 }));
});
