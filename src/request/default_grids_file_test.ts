import assert from "node:assert/strict";
import { catalogue } from "../core/catalogue/mod.ts";
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

Deno.test("parseDefaultGrids() reads the files of all environments, which name known indicators only", async () => {
  for (const name of ["dev", "test", "prod"]) {
    const url = new URL(`../../configs/${name}/indicators.yaml`, import.meta.url);
    const grids = parseDefaultGrids(await Deno.readTextFile(url), file);
    const known: ReadonlySet<string> = new Set(catalogue.map(({ id }) => id));
    assert.deepEqual(Object.keys(grids).filter((id) => !known.has(id)), []);
  }
});
