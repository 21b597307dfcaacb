import assert from "node:assert/strict";
import { manualClock } from "../../tests/memory/clock.ts";
import { memoryLog } from "../../tests/memory/log.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { runStartProcess } from "./start_process.ts";

Deno.test("runStartProcess() refuses a data folder that is a file, and names it", async () => {
  await using folder = await temporaryFolder();
  const file = await folder.write("notes.txt", "mine");
  const process = {
    env: {},
    clock: manualClock(0),
    openLog: () => memoryLog(),
    lockedBy: "worker-1",
    devUserId: "00000000-0000-4000-8000-000000000001",
    stop: new AbortController().signal,
  };
  await assert.rejects(runStartProcess({ dataDirectory: file }, process), {
    code: "validation_error",
    message: `Cannot use "${file}" as data folder: it is no directory`,
  });
  assert.equal(await Deno.readTextFile(file), "mine");
});
