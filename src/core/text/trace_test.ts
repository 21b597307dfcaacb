import assert from "node:assert/strict";
import { isTraceId, traceIdOf } from "./trace.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const parentId = "b7ad6b7169203331";

Deno.test("traceIdOf() reads the trace id of a traceparent", () => {
  assert.equal(traceIdOf(`00-${traceId}-${parentId}-01`), traceId);
  assert.equal(traceIdOf(` 00-${traceId}-${parentId}-00 `), traceId);
  assert.equal(traceIdOf(`cc-${traceId}-${parentId}-01-what-comes-later`), traceId);
});

Deno.test("traceIdOf() takes nothing from what the standard calls invalid", () => {
  const invalid = [
    undefined,
    "",
    traceId,
    `ff-${traceId}-${parentId}-01`,
    `00-${traceId}-${parentId}-01-more`,
    `00-${traceId}-${parentId}-01x`,
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    `00-${"0".repeat(32)}-${parentId}-01`,
    `00-${traceId}-${"0".repeat(16)}-01`,
    `00-${traceId}-${parentId}`,
    `00-${traceId}0-${parentId}-01`,
    `00-${traceId}-${parentId}-01\n00-${traceId}-${parentId}-01`,
  ];
  for (const text of invalid) assert.equal(traceIdOf(text), null, text);
});

Deno.test("isTraceId() takes 32 lower-case hex digits that are not all 0", () => {
  assert.ok(isTraceId(traceId));
  for (const text of ["", traceId.slice(1), traceId.toUpperCase(), "0".repeat(32), `${traceId}\n`]) {
    assert.ok(!isTraceId(text), text);
  }
});
