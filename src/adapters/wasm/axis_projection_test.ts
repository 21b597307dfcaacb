import assert from "node:assert/strict";
import type { Axis } from "../../core/grid/mod.ts";
import { projectAxes } from "./axis_projection.ts";

const axis = (name: string, values: readonly number[]): Axis => ({
  name,
  kind: "int",
  values,
  integral: values.map(() => true),
});

const axes = [axis("a", [1, 2]), axis("inert", [5, 6, 7]), axis("b", [8, 9])];

Deno.test("projectAxes() numbers combinations of the axes that matter, the last one fastest", () => {
  const projection = projectAxes(axes, ["b", "a"]);
  assert.equal(projection.count, 4);
  const all = Array.from({ length: 12 }, (_, index) => projection.of(index));
  assert.deepEqual(all, [0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3]);
  assert.deepEqual(projection.values(2), { a: 2, b: 8 });
});

Deno.test("projectAxes() without axes has one empty combination", () => {
  const projection = projectAxes([], ["window"]);
  assert.deepEqual([projection.count, projection.of(0), projection.values(0)], [1, 0, {}]);
});
