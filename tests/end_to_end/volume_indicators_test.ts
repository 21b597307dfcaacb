import assert from "node:assert/strict";
import { runProgram } from "../helpers/program.ts";

// Files that the volume indicators of many programs get wrong: without volume at the end, without range, with a hole.

Deno.test("2.1 indicator --id volume.mfi stays within 0..100 and is missing once the window holds no flow", async () => {
  const values = await seriesOf("mfi", ["--id", "volume.mfi", "--param", "window=14"]);
  // 20 minutes with volume, then 20 without: the last flow leaves the window of 14 on bar 33
  assert.deepEqual(values.map((value) => value === null), values.map((_, t) => t < 14 || t > 32));
  for (const value of values) assert.ok(value === null || value >= 0 && value <= 100, `${value}`);
  // only falls are left in the window
  assert.deepEqual(values.slice(31, 33), [0, 0]);
});

Deno.test("2.2 indicator --id volume.ad_line goes on over a bar whose high is its low", async () => {
  const values = await seriesOf("ad", ["--id", "volume.ad_line"]);
  const upTo = Array.from({ length: 12 }, (_, t) => 500 * (t + 1));
  const after = Array.from({ length: 12 }, (_, t) => 6000 + 5 * (t + 1));
  assert.deepEqual(values, [...upTo, 6000, ...after]);
});

Deno.test("2.2 indicator --id volume.obv is missing on a bar without volume and goes on from the last total", async () => {
  const values = await seriesOf("obv", ["--id", "volume.obv"]);
  const upTo = Array.from({ length: 12 }, (_, t) => 1000 * t);
  const after = Array.from({ length: 12 }, (_, t) => 11000 + 10 * (t + 1));
  assert.deepEqual(values, [...upTo, null, ...after]);
});

async function seriesOf(file: string, args: readonly string[]): Promise<(number | null)[]> {
  const candles = `tests/end_to_end/data/volume/${file}.csv`;
  const { code, stdout } = await runProgram(["indicator", "--candles", candles, "--json", ...args]);
  assert.equal(code, 0);
  return JSON.parse(stdout).values;
}
