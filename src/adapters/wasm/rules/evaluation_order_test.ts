import assert from "node:assert/strict";
import { evaluationOrder } from "./evaluation_order.ts";
import { ValueSlots } from "./value_slots.ts";

const nothing: ReadonlyMap<number, number> = new Map();
const node = (strides: readonly number[], firstKey = 0) => ({ firstKey, strides, count: 0, own: null });
const [slowly, fast] = [node([1, 0]), node([0, 1], 10)];
// two values of the first parameter, three of the second, which runs fastest
const grid = [0, 1].flatMap((a) => [0, 1, 2].map((b) => [a, b]));
const placesOf = (order: readonly number[]) => order.map((i) => grid[i]!.join("")).join(" ");

Deno.test("evaluationOrder() keeps the order of combinations that share no values", () => {
  assert.equal(placesOf(evaluationOrder(grid, [])), "00 01 02 10 11 12");
  assert.deepEqual(evaluationOrder([], [{ keys: [fast], ages: nothing }]), []);
});

Deno.test("evaluationOrder() lays those with the same value of the most varied node together", () => {
  const order = evaluationOrder(grid, [{ keys: [slowly, fast], ages: nothing }]);
  assert.equal(placesOf(order), "00 10 01 11 02 12");
});

Deno.test("evaluationOrder() takes values that are there first, those used last before others", () => {
  const slots = new ValueSlots({ own: 0, shared: 2 });
  for (const key of [11, 12]) slots.claim(key, null);
  assert.equal(placesOf(evaluationOrder(grid, [{ keys: [fast], ages: slots.ages() }])), "02 12 01 11 00 10");
  slots.held(11, null);
  assert.equal(placesOf(evaluationOrder(grid, [{ keys: [fast], ages: slots.ages() }])), "01 11 02 12 00 10");
});

Deno.test("ValueSlots keep one value of each node that has a place, and of the others those used last", () => {
  const slots = new ValueSlots({ own: 1, shared: 2 });
  assert.equal(slots.held(0, 0), undefined);
  assert.equal(slots.claim(0, 0), 0);
  assert.equal(slots.held(0, 0), 0);
  assert.equal(slots.claim(5, 0), 0);
  assert.equal(slots.held(0, 0), undefined);
  const [first, second] = [slots.claim(0, null), slots.claim(1, null)];
  assert.deepEqual([first, second], [1, 2]);
  assert.equal(slots.held(0, null), first);
  assert.equal(slots.claim(2, null), second);
  assert.equal(slots.held(1, null), undefined);
  assert.deepEqual(slots.ages(), new Map([[2, 0], [0, 1]]));
});
