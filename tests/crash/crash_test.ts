import assert from "node:assert/strict";
import { openDatabase } from "../../src/adapters/postgres/open_database.ts";
import {
  allPoints,
  pointName,
  recordStories,
  runPoints,
  samplePoints,
  uncoveredMethods,
} from "./crash_matrix.ts";
import type { CrashPoint } from "./crash_point.ts";
import { openLanes } from "./lane.ts";

Deno.test("S000-29 S000-33 S001-27 a crash at each kind of statement leaves the rows of an undisturbed run, and a zombie changes nothing", async () => {
  await using server = await openDatabase("embedded:temporary", { onNotice: assert.fail });
  await using opened = new AsyncDisposableStack();
  const lanes = await openLanes(server.dsn, 4);
  for (const lane of lanes) opened.use(lane);

  const recordings = await recordStories(lanes[0]!);
  assert.deepEqual(uncoveredMethods(recordings, lanes[0]!), []);
  const points = allPoints(recordings);
  assert.ok(points.length > 200, `${points.length} points`);
  const failed: string[] = [];
  await runPoints([...samplePoints(points), ...zombies(points)], {
    lanes,
    onEnd: (point, problem) => void (problem !== null && failed.push(`${pointName(point)}\n${problem}`)),
  });
  assert.deepEqual(failed, []);
});

// stopped on the last metres, where a late write would do most harm
function zombies(points: readonly CrashPoint[]): readonly CrashPoint[] {
  const stopped = points.filter(({ story, fault, claimed }) =>
    story === "succeeds" && claimed && fault.startsWith("stopped")
  );
  return stopped.slice(-3);
}
