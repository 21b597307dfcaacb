import assert from "node:assert/strict";
import { exactCandles } from "../core/bars/mod.ts";
import { candleWindows } from "./candle_windows.ts";

const minuteMs = 60_000;

async function* pieces(...minutes: readonly (readonly number[])[]) {
  for (const piece of minutes) {
    const times = Float64Array.from(piece, (minute) => minute * minuteMs);
    yield exactCandles(
      times,
      [0, 1, 2, 3, 4].map((value) => Float64Array.from(piece, (m) => m * 10 + value)),
    );
  }
}

async function windows(...minutes: readonly (readonly number[])[]): Promise<number[][]> {
  const found: number[][] = [];
  for await (const { tsOpenMs, volume } of candleWindows(pieces(...minutes), { rowsMax: 3, minutesMax: 4 })) {
    assert.deepEqual([...volume], Array.from(tsOpenMs, (ms) => (ms / minuteMs) * 10 + 4));
    found.push(Array.from(tsOpenMs, (ms) => ms / minuteMs));
  }
  return found;
}

Deno.test("candleWindows() gives the same rows in windows of so many rows, however they come", async () => {
  assert.deepEqual(await windows([0, 1, 2, 3, 4, 5, 6]), [[0, 1, 2], [3, 4, 5], [6]]);
  assert.deepEqual(await windows([0, 1], [], [2, 3, 4], [5, 6]), [[0, 1, 2], [3, 4, 5], [6]]);
  assert.deepEqual(await windows(), []);
});

Deno.test("candleWindows() ends a window where its minutes do, however few rows it has", async () => {
  assert.deepEqual(await windows([0, 2, 4, 100, 101, 102, 103, 500]), [[0, 2], [4], [100, 101, 102], [103], [
    500,
  ]]);
});
