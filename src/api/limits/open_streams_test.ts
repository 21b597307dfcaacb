import assert from "node:assert/strict";
import { OpenStreams } from "./open_streams.ts";

function limited() {
  const told: number[] = [];
  const tell = (total: number) => void told.push(total);
  return { told, open: new OpenStreams({ perUser: 2, total: 3, retrySeconds: 2, tell }) };
}

Deno.test("OpenStreams refuses a user beyond his own limit, and takes him again when one of his has ended", () => {
  const { open, told } = limited();
  const leave = open.enter("a");
  open.enter("a");
  assert.throws(() => open.enter("a"), {
    code: "rate_limited",
    message: "Cannot open another event stream: 2 of 2 are open",
    details: { retry_after_seconds: 2 },
  });
  leave();
  open.enter("a");
  assert.deepEqual(told, [1, 2, 1, 2]);
});

Deno.test("OpenStreams refuses everyone beyond the limit of the process, and forgets users who have left", () => {
  const { open, told } = limited();
  const leaves = ["a", "b", "c"].map((user) => open.enter(user));
  assert.throws(() => open.enter("d"), {
    code: "overloaded",
    message: "Cannot open another event stream: all 3 are open",
    details: { retry_after_seconds: 2 },
  });
  for (const leave of leaves) leave();
  assert.equal(told.at(-1), 0);
  open.enter("d");
  open.enter("a");
  open.enter("a");
  assert.equal(told.at(-1), 3);
});
