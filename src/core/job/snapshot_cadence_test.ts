import assert from "node:assert/strict";
import { snapshotDue, type SnapshotTrigger } from "./snapshot_cadence.ts";

function due(
  limits: { seconds: number | null; step: number | null },
  passed: { ms: number; variants: number },
): SnapshotTrigger | null {
  return snapshotDue({
    nowMs: 7000 + passed.ms,
    lastSnapshotMs: 7000,
    processedUnits: 400 + passed.variants,
    lastSnapshotUnits: 400,
    snapshotSeconds: limits.seconds,
    snapshotVariantsStep: limits.step,
  });
}

Deno.test("S000-19 snapshotDue() needs enough time or enough variants", () => {
  const both = { seconds: 30, step: 1000 };
  assert.equal(due(both, { ms: 29_999, variants: 999 }), null);
  assert.equal(due(both, { ms: 30_000, variants: 999 }), "seconds");
  assert.equal(due(both, { ms: 29_999, variants: 1000 }), "variants");
  assert.equal(due(both, { ms: 30_000, variants: 1000 }), "seconds");
});

Deno.test("S000-20 snapshotDue() ignores a trigger that is not set", () => {
  const much = { ms: 1e9, variants: 1e9 };
  assert.equal(due({ seconds: null, step: null }, much), null);
  assert.equal(due({ seconds: 30, step: null }, { ms: 29_999, variants: 1e9 }), null);
  assert.equal(due({ seconds: 30, step: null }, much), "seconds");
  assert.equal(due({ seconds: null, step: 1000 }, { ms: 1e9, variants: 999 }), null);
  assert.equal(due({ seconds: null, step: 1000 }, much), "variants");
});
