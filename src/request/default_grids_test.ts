import { type DefaultGrids, mergeAxes, mergeSignals } from "./default_grids.ts";
import type { AxisSpec } from "../core/grid/mod.ts";
import type { BacktestError } from "../core/errors/mod.ts";
import { findIndicator } from "../core/catalogue/mod.ts";
import assert from "node:assert/strict";

const list = (...values: (number | string)[]): AxisSpec => ({ mode: "explicit", values });
const ema = findIndicator("ma.ema")!;
const rsi = findIndicator("momentum.rsi")!;
const donchian = findIndicator("trend.donchian")!;
const path = "body.template.indicator_grids.2";

const defaults: DefaultGrids = {
  "ma.ema": { axes: { source: list("close"), window: list(20, 50) }, signals: {} },
  "momentum.rsi": { axes: {}, signals: { long_threshold: list(30), short_threshold: list(70) } },
};

Deno.test("mergeAxes() takes each axis from the request or else from the defaults, in definition order", () => {
  const request = { indicator_id: "ma.ema", params: { window: list(9) } };
  const merged = mergeAxes(ema, { request, defaults, path });
  assert.deepEqual(merged.map(({ name, spec, path }) => ({ name, spec, path })), [
    { name: "source", spec: list("close"), path: "defaults.ma.ema.source" },
    { name: "window", spec: list(9), path: `${path}.params.window` },
  ]);
});

Deno.test("mergeAxes() names every axis that is missing in both", () => {
  const request = { indicator_id: "momentum.rsi", params: {} };
  assert.deepEqual(itemsOf(() => mergeAxes(rsi, { request, defaults: {}, path })), [
    [`${path}.params.window`, "required", "momentum.rsi: missing grid param axis: window"],
    [`${path}.source`, "required", "momentum.rsi: source axis is required by indicator definition"],
  ]);
});

Deno.test("mergeAxes() refuses axes the definition does not have, a source among them", () => {
  const params = { window: list(20), mult: list(2), source: list("close") };
  const request = { indicator_id: "trend.donchian", params, source: list("close") };
  assert.deepEqual(itemsOf(() => mergeAxes(donchian, { request, defaults, path })), [
    [
      `${path}.params.mult`,
      "extra_forbidden",
      "trend.donchian: unexpected grid param axes: mult; known are window",
    ],
    [
      `${path}.params.source`,
      "extra_forbidden",
      "trend.donchian: unexpected grid param axes: source; known are window",
    ],
    [
      `${path}.source`,
      "extra_forbidden",
      "trend.donchian: unexpected grid param axes: source; known are window",
    ],
  ]);
});

Deno.test("mergeAxes() is not fooled by names every object has", () => {
  const request = { indicator_id: "ma.ema", params: { constructor: list(1) } };
  assert.match(
    itemsOf(() => mergeAxes(ema, { request, defaults, path }))[0]![2],
    /axes: constructor; known are source, window$/,
  );
});

Deno.test("mergeSignals() merges per name, trimmed and lower-cased, and keeps names the rule does not know", () => {
  const grids = {
    " Momentum.RSI ": { " Long_Threshold ": list(25), extra: list(1) },
    "ma.ema": { x: list(1) },
  };
  const merged = mergeSignals(rsi, { grids, defaults });
  assert.deepEqual(merged.map(({ name, path }) => [name, path]), [
    ["extra", "body.template.signal_grids. Momentum.RSI .extra"],
    ["long_threshold", "body.template.signal_grids. Momentum.RSI . Long_Threshold "],
    ["short_threshold", "defaults.momentum.rsi.signals.short_threshold"],
  ]);
});

Deno.test("mergeSignals() refuses missing required names and names given twice", () => {
  const grids = {
    "momentum.rsi": { short_threshold: list(70) },
    "MOMENTUM.RSI": { SHORT_threshold: list(80) },
  };
  assert.deepEqual(itemsOf(() => mergeSignals(rsi, { grids, defaults: {} })), [
    [
      "body.template.signal_grids.momentum.rsi.long_threshold",
      "required",
      "momentum.rsi: missing required signal param 'long_threshold'",
    ],
    [
      "body.template.signal_grids.momentum.rsi.short_threshold",
      "value_error",
      "momentum.rsi: signal param 'short_threshold' is given twice",
    ],
  ]);
});

function itemsOf(task: () => unknown): [path: string, code: string, message: string][] {
  try {
    task();
  } catch (error) {
    const { errors } = (error as BacktestError).details as {
      errors: Record<"path" | "code" | "message", string>[];
    };
    return errors.map((item) => [item.path, item.code, item.message]);
  }
  throw new Error("Expected a validation error");
}
