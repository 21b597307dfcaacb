import assert from "node:assert/strict";
import { createMaskSlots } from "./mask_slots.ts";

Deno.test("createMaskSlots() gives the slot of the key not used for the longest time", () => {
  const slots = createMaskSlots(2);
  const filled: number[] = [];
  const use = (key: number) => slots.slotOf(key, () => filled.push(key));
  assert.deepEqual([use(10), use(20), use(10)], [0, 1, 0]);
  assert.equal(use(30), 1);
  assert.equal(use(10), 0);
  assert.equal(use(20), 1);
  assert.deepEqual(filled, [10, 20, 30, 20]);
});
