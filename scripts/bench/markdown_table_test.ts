import assert from "node:assert/strict";
import type { NamedResult } from "./benchmark.ts";
import { benchmarks } from "./benchmarks.ts";
import { goals } from "./goals.ts";
import { markdownTable } from "./markdown_table.ts";

const result: NamedResult = {
  name: "pairs",
  median_ms: 1234.5,
  min_ms: 1200,
  max_ms: 1300,
  hash: "0".repeat(64),
  ratios: { wasm_bar_by_bar: 7.346, two_threads: 0.5 },
  figures: { peak_memory_mb: 100 },
  conditions: { cpu: "Fast 1", cores: 2, size: "full" },
};

Deno.test("markdownTable() shows goal, measured and their ratio, and leaves out what was not measured", () => {
  const other: NamedResult = { ...result, name: "queue", conditions: { deno: "2.0.0" } };
  assert.deepEqual(markdownTable([result, other]).split("\n"), [
    "| benchmark | figure | goal | measured | of the goal | others, times as long |",
    "| --- | --- | --- | --- | --- | --- |",
    "| pairs | 10,000 pairs x 200,000 bars, all metrics, one thread | ≤ 0.8 s | 1.23 s | 154 % | wasm bar by bar 7.35 |",
    "|  | peak memory | ≤ 200 MB | 100 MB | 50 % |  |",
    "",
    "cpu: Fast 1; cores: 2; deno: 2.0.0",
  ]);
});

Deno.test("markdownTable() counts up to a goal where more is better", () => {
  const table = markdownTable([{ ...result, ratios: { vectorbt: 90 } }]);
  assert.match(table, /times as fast as vectorbt \| ≥ 60 x \| 90 x \| 150 % \|/);
});

Deno.test("every goal is of a benchmark and has one limit", () => {
  for (const { of, atMost, atLeast } of goals) {
    assert.ok(of in benchmarks, of);
    assert.equal([atMost, atLeast].filter((limit) => limit !== undefined).length, 1);
  }
});
