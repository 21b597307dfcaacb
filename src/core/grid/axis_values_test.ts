import assert from "node:assert/strict";
import { BacktestError } from "../errors/mod.ts";
import type { AxisSpec } from "./axis.ts";
import { axisLength, type AxisRules, materializeAxis } from "./axis_values.ts";

const path = "body.template.indicator_grids.0.params.window";
const window: AxisRules = { name: "window", kind: "int", min: 2, max: 2000, step: 1, owner: "ma.ema", path };
const mult: AxisRules = { ...window, name: "mult", kind: "float", min: 0.1, max: 10, step: 0.01 };
const source: AxisRules = {
  name: "source",
  kind: "source",
  sources: ["close", "open"],
  owner: "ma.ema",
  path,
};
const threshold: AxisRules = { name: "long_threshold", kind: "signal", owner: "momentum.rsi", path };
const lag: AxisRules = { name: "long_delta_periods", kind: "signal", lag: true, owner: "trend.adx", path };

const list = (...values: (number | string)[]): AxisSpec => ({ mode: "explicit", values });
const range = (start: number, stop_incl: number, step: number): AxisSpec => ({
  mode: "range",
  start,
  stop_incl,
  step,
});

Deno.test("materializeAxis() keeps the order of an explicit list", () => {
  assert.deepEqual(materializeAxis(list(14, 7), window), {
    name: "window",
    kind: "int",
    values: [14, 7],
    integral: [true, true],
  });
  assert.deepEqual(materializeAxis(list("open", "close"), source).values, ["open", "close"]);
});

Deno.test("materializeAxis() prints float parameters as floats whatever was written", () => {
  assert.deepEqual(materializeAxis(list(3, 2.5), mult).integral, [false, false]);
  assert.deepEqual(materializeAxis(range(1, 3, 1), mult).integral, [false, false, false]);
});

Deno.test("materializeAxis() types signal values as written: lists one by one, ranges as a whole", () => {
  assert.deepEqual(materializeAxis(list(-1, 1.5), threshold).integral, [true, false]);
  assert.deepEqual(materializeAxis(range(20, 30, 5), threshold).integral, [true, true, true]);
  assert.deepEqual(materializeAxis(range(1, 1.5, 0.5), threshold).integral, [false, false]);
});

Deno.test("materializeAxis() lets explicit values leave the step grid, but not the bounds", () => {
  assert.deepEqual(materializeAxis(list(2.345), mult).values, [2.345]);
  assert.deepEqual(materializeAxis(range(0.5, 4, 0.01), mult).values.length, 351);
});

const refusedAxes: readonly [AxisSpec, AxisRules, string, string][] = [
  [list(), window, "value_error", "ma.ema: axis 'window' must not be empty"],
  [list(10, 10.0), window, "value_error", "ma.ema: axis 'window' expects unique values, got 10 twice"],
  [list(2.5), window, "int_type", "ma.ema: axis 'window' expects integer values, got 2.5"],
  [range(3, 3.5, 1), window, "int_type", "ma.ema: axis 'window' expects integer values, got 3.0"],
  [list(1), window, "greater_than_equal", "ma.ema: axis 'window' expects values >= 2, got 1"],
  [range(5, 2001, 1), window, "less_than_equal", "ma.ema: axis 'window' expects values <= 2000, got 2001"],
  [range(5, 9, 0), window, "greater_than", "ma.ema: axis 'window' expects step > 0, got 0"],
  [range(9, 5, 1), window, "value_error", "ma.ema: axis 'window' expects start <= stop_incl, got 9 > 5"],
  [range(NaN, 5, 1), window, "float_type", "ma.ema: axis 'window' expects a finite start, got NaN"],
  [
    range(1, Infinity, 1),
    window,
    "float_type",
    "ma.ema: axis 'window' expects a finite stop_incl, got Infinity",
  ],
  [list("10"), window, "float_type", `ma.ema: axis 'window' expects finite numbers, got "10"`],
  [list(7), source, "string_type", "ma.ema: axis 'source' expects source names, got 7"],
  [list("hl3"), source, "literal_error", `ma.ema: axis 'source' does not allow "hl3", only close, open`],
  [
    range(1, 2, 1),
    source,
    "value_error",
    "ma.ema: axis 'source' expects explicit source names, got a range",
  ],
  [
    range(1, 2, 0.015),
    mult,
    "multiple_of",
    "ma.ema: axis 'mult' expects a step that is a multiple of 0.01, got 0.015",
  ],
  [
    range(0.505, 1, 0.01),
    mult,
    "multiple_of",
    "ma.ema: axis 'mult' expects values on the grid 0.1 + k * 0.01, got 0.505",
  ],
  [
    list(-3, 2.5),
    lag,
    "int_type",
    "trend.adx: axis 'long_delta_periods' expects integers other than 0, got 2.5",
  ],
  [
    range(-1, 1, 1),
    lag,
    "int_type",
    "trend.adx: axis 'long_delta_periods' expects integers other than 0, got 0",
  ],
  [
    list(NaN),
    threshold,
    "float_type",
    "momentum.rsi: axis 'long_threshold' expects finite numbers, got NaN",
  ],
  [
    range(0, 1_000_000, 1),
    threshold,
    "value_error",
    "momentum.rsi: axis 'long_threshold' has 1000001 values, at most 1000000 are allowed",
  ],
  [
    range(0, 1e300, 1e-300),
    threshold,
    "value_error",
    "momentum.rsi: axis 'long_threshold' has over 1e20 values, at most 1000000 are allowed",
  ],
  [
    range(1, 1 + 1e-14, 1e-17),
    threshold,
    "value_error",
    "momentum.rsi: axis 'long_threshold' expects unique values, got 1 twice",
  ],
];

Deno.test("materializeAxis() refuses with id, axis and value at the axis path", () => {
  for (const [spec, rules, code, message] of refusedAxes) {
    assert.throws(() => materializeAxis(spec, rules), refused({ path, code, message }));
  }
});

Deno.test("materializeAxis() refuses booleans that slipped past the type checker", () => {
  const spec = { mode: "explicit", values: [true] } as unknown as AxisSpec;
  assert.throws(() => materializeAxis(spec, window), /expects finite numbers, got true/);
});

Deno.test("materializeAxis() takes lags of either sign", () => {
  assert.deepEqual(materializeAxis(range(-3, -1, 1), lag).values, [-3, -2, -1]);
});

Deno.test("axisLength() counts without spelling out", () => {
  assert.equal(axisLength(range(0, 999_999, 1), threshold), 1_000_000);
  assert.equal(axisLength(list(1, 2), threshold), 2);
});

function refused(item: { path: string; code: string; message: string }): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof BacktestError);
    assert.deepEqual(error.details, { errors: [item] });
    return error.code === "validation_error" && error.message === item.message;
  };
}
