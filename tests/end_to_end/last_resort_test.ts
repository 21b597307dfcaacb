import assert from "node:assert/strict";
import { runProgram } from "../helpers/program.ts";

Deno.test("a rejection and an exception that nobody waits for are logged once each, and the process goes on", async () => {
  const { code, stdout, stderr } = await runProgram([], {
    script: "tests/end_to_end/last_resort_process.ts",
  });
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "still here\n");
  const events = stderr.trim().split("\n").map((line) => /event=(\S+)/.exec(line)?.[1]);
  assert.deepEqual(events.sort(), ["uncaught_error", "unhandled_rejection"]);
  assert.match(stderr, /nobody waits for this/);
  assert.match(stderr, /thrown by a timer/);
});
