import assert from "node:assert/strict";

import { parseDefaultGrids } from "./default_grids_file.ts";

const file = { path: "indicators.yaml" };

Deno.test("parseDefaultGrids() reads params, source and signals", () => {
  const text = `
version: 1
defaults:
  momentum.rsi:
    params: { window: { mode: range, start: 3, stop_incl: 120, step: 1 } }
    source: { mode: explicit, values: [close] }
    signals: { long_threshold: { mode: explicit, values: [20, 30.5] } }
  volume.obv: {}
`;
  assert.deepEqual(parseDefaultGrids(text, file), {
    "momentum.rsi": {
      axes: {
        window: { mode: "range", start: 3, stop_incl: 120, step: 1 },
        source: { mode: "explicit", values: ["close"] },
      },
      signals: { long_threshold: { mode: "explicit", values: [20, 30.5] } },
    },
    "volume.obv": { axes: {}, signals: {} },
  });
});

Deno.test("parseDefaultGrids() names file, key and value of what it refuses", () => {
  const cases: readonly [string, string][] = [
    ["version: 2\ndefaults: {}", "version must be one of 1, got 2"],
    ["version: 1", "defaults is required"],
    ["version: 1\ndefaults: {}\nmore: 1", "more is not a known key; known are version, defaults"],
    [
      "version: 1\ndefaults: { a: { window: 1 } }",
      "defaults.a.window is not a known key; known are params, source, signals",
    ],
    [
      "version: 1\ndefaults: { a: { params: { b: { mode: explicit, values: 1 } } } }",
      "defaults.a.params.b.values must be a list, got 1",
    ],
    ["version: 1\nversion: 1", "Map keys must be unique at line 2 column 1"],
  ];
  for (const [text, expected] of cases) {
    assert.throws(() => parseDefaultGrids(text, file), {
      message: `Cannot use default grids "indicators.yaml": ${expected}`,
    });
  }
});

Deno.test("parseDefaultGrids() refuses names that nobody knows, with the nearest", () => {
  const one = "{ mode: explicit, values: [1] }";
  const cases: readonly [string, RegExp][] = [
    [
      `momentum.rsj: {}`,
      /^Cannot use default grids "indicators.yaml": defaults\.momentum\.rsj is not a known indicator; nearest is "momentum\.rsi"; known are /,
    ],
    [
      `momentum.rsi: { params: { windw: ${one} } }`,
      /defaults\.momentum\.rsi\.params\.windw is not a parameter of momentum\.rsi; nearest is "window"; known are window$/,
    ],
    [
      `momentum.rsi: { signals: { long: ${one} } }`,
      /\.signals\.long is not a parameter of momentum\.rsi; nearest is "long_threshold"; known are long_threshold, short_threshold$/,
    ],
    [`volume.obv: { source: ${one} }`, /defaults\.volume\.obv\.source is not a parameter of volume\.obv/],
    [`momentum.rsi: { params: { source: ${one}, x: ${one} } }`, /params\.source is not .* \(and 1 more\)$/],
  ];
  for (const [grid, expected] of cases) {
    assert.throws(() => parseDefaultGrids(`version: 1\ndefaults:\n  ${grid}`, file), { message: expected });
  }
});

Deno.test("parseDefaultGrids() reads the shipped file", async () => {
  const url = new URL("../../configs/indicators.yaml", import.meta.url);
  assert.ok(Object.keys(parseDefaultGrids(await Deno.readTextFile(url), file)).length > 30);
});
