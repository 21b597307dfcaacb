import { checkAxisOrder } from "./axis_order.ts";
import { BacktestError } from "../errors/mod.ts";
import { findIndicator } from "../catalogue/mod.ts";
import assert from "node:assert/strict";

const psar = findIndicator("trend.psar")!;

function check(accelMax: readonly number[], accelStart: readonly number[]): void {
  const axis = (name: string, values: readonly number[]) =>
    ({ name, kind: "float", values, integral: values.map(() => false) }) as const;
  const axes = [axis("accel_max", accelMax), axis("accel_start", accelStart), axis("accel_step", [0.02])];
  checkAxisOrder(psar, { axes, pathOf: (name) => `params.${name}` });
}

Deno.test("checkAxisOrder() accepts axes of which every combination is in order", () => {
  check([0.2, 0.1], [0.02, 0.1]);
});

Deno.test("checkAxisOrder() refuses a single combination out of order and names its values", () => {
  assert.throws(() => check([0.5, 0.1], [0.02, 0.3]), (error) => {
    assert.ok(error instanceof BacktestError);
    assert.deepEqual(error.details.errors, [{
      path: "params.accel_max",
      code: "greater_than_equal",
      message: "trend.psar: axis 'accel_max' expects values >= accel_start, got 0.1 with accel_start 0.3",
    }]);
    return true;
  });
});

Deno.test("checkAxisOrder() ignores indicators whose axes have no order", () => {
  checkAxisOrder(findIndicator("trend.donchian")!, { axes: [], pathOf: () => assert.fail() });
});
