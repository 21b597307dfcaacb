import assert from "node:assert/strict";
import fc from "fast-check";
import {
  holdsInRow,
  type Side,
  sideAt,
  sideOf,
  signalMasks,
  sourceAt,
  stepCode,
  stepsOf,
  type StepSource,
} from "./steps.ts";

const stepArbitrary = fc.record({
  side: fc.constantFrom<Side>(-1, 0, 1),
  source: fc.constantFrom<StepSource>("agent", "timeout_hold"),
});

Deno.test("a step's letter gives its side and its source back", () => {
  fc.assert(fc.property(fc.array(stepArbitrary, { maxLength: 12 }), (steps) => {
    const codes = steps.map(stepCode).join("");
    steps.forEach(({ side, source }, i) => {
      assert.deepEqual([sideAt(codes, i), sourceAt(codes, i)], [side, source]);
    });
    const agents = steps.findLastIndex(({ source }) => source === "agent");
    assert.equal(holdsInRow(codes), steps.length - 1 - agents);
  }));
});

Deno.test("sideOf() takes hold for the side before, which is flat before the first step", () => {
  assert.deepEqual(["", "L", "Ls", "LsF"].map((steps) => sideOf("hold", steps)), [0, 1, -1, 0]);
  assert.deepEqual((["long", "short", "flat"] as const).map((action) => sideOf(action, "S")), [1, -1, 0]);
});

Deno.test("signalMasks() gives each bar the side of its step, and later bars that of the last one", () => {
  fc.assert(fc.property(
    fc.array(stepArbitrary, { minLength: 1, maxLength: 40 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 0, max: 40 }),
    (steps, every, more) => {
      const bars = steps.length * every + more;
      const masks = signalMasks(steps.map(stepCode).join(""), { bars, every });
      for (let bar = 0; bar < bars; bar++) {
        const bit = (mask: Uint32Array) => mask[bar >>> 5]! >>> (bar & 31) & 1;
        const side = steps[Math.min(Math.floor(bar / every), steps.length - 1)]!.side;
        assert.equal(bit(masks.long) - bit(masks.short), side);
      }
    },
  ));
});

Deno.test("stepsOf() has a last step of fewer bars where they do not come out even", () => {
  assert.deepEqual([0, 1, 3, 4, 6].map((bars) => stepsOf({ bars, every: 3 })), [0, 1, 1, 2, 2]);
});
