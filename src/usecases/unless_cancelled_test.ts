import assert from "node:assert/strict";
import { unlessCancelled } from "./unless_cancelled.ts";

const cancelled = {
  code: "deadline_exceeded",
  message: "Backtest run cancelled cooperatively (reason=deadline_exceeded, stage=stage_a)",
};

Deno.test("13 unlessCancelled() hands on what the work gives or rejects with", async () => {
  const { signal } = new AbortController();
  assert.equal(await unlessCancelled({ signal, stage: "stage_a" }, () => Promise.resolve(7)), 7);
  assert.equal(await unlessCancelled({ signal: undefined, stage: "stage_a" }, () => Promise.resolve(8)), 8);
  await assert.rejects(
    unlessCancelled({ signal, stage: "stage_a" }, () => Promise.reject(new Error("broken"))),
    /^Error: broken$/,
  );
});

Deno.test("13 unlessCancelled() of a run that is cancelled says so, whatever the work rejects with", async () => {
  const run = new AbortController();
  const working = unlessCancelled({ signal: run.signal, stage: "stage_a" }, () => {
    run.abort("deadline_exceeded");
    return Promise.reject(new Error("aborted"));
  });
  await assert.rejects(working, cancelled);
  let started = false;
  await assert.rejects(
    unlessCancelled({ signal: run.signal, stage: "stage_a" }, () => {
      started = true;
      return Promise.resolve();
    }),
    cancelled,
  );
  assert.equal(started, false, "work of a cancelled run was begun");
});
