import assert from "node:assert/strict";
import { BacktestError } from "../../core/errors/mod.ts";
import { withStorageErrors } from "./storage_error.ts";

function driverError(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

async function failure(error: Error): Promise<BacktestError> {
  const work = withStorageErrors("claim a job", () => Promise.reject(error));
  return await work.then(() => assert.fail("should reject"), (caught) => caught);
}

Deno.test("withStorageErrors() keeps host and port and the cause", async () => {
  const cause = driverError("connect ECONNREFUSED 127.0.0.1:5432", "ECONNREFUSED");
  const error = await failure(cause);
  assert.equal(error.code, "storage_unavailable");
  assert.equal(error.message, "Cannot claim a job: connect ECONNREFUSED 127.0.0.1:5432");
  assert.equal(error.cause, cause);
});

Deno.test("withStorageErrors() hides DSNs and passwords and keeps one line", async () => {
  const error = await failure(
    driverError("bad postgres://u:secret@h/db password=secret end\nsecret", "XX000"),
  );
  assert.equal(error.message, "Cannot claim a job: bad postgres://*** password=*** end");
});

Deno.test("withStorageErrors() names the code of an error without text", async () => {
  assert.equal((await failure(driverError("", "ECONNREFUSED"))).message, "Cannot claim a job: ECONNREFUSED");
});

Deno.test("13 withStorageErrors() says what a server may be that takes a connection and then says nothing", async () => {
  const { message } = await failure(
    driverError("write CONNECT_TIMEOUT undefined:undefined", "CONNECT_TIMEOUT"),
  );
  assert.match(
    message,
    /^Cannot claim a job: the server gave no session in time; it hangs, or a pooler .* none left$/,
  );
});

Deno.test("withStorageErrors() lets our own errors and programmer's errors through", async () => {
  for (const own of [new BacktestError("not_found", "Gone"), new TypeError("Bug")]) {
    assert.equal(await failure(own), own);
  }
});
