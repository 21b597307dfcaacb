import assert from "node:assert/strict";
import { heatmapTable } from "./heatmap_table.ts";

const axis = (name: string, length: number, winner: number) => ({
  name,
  values: Array.from({ length }, (_, i) => i + 1),
  winner,
});

Deno.test("heatmapTable() shows x across, y down, the winner in brackets and a gap as a dash", () => {
  const text = heatmapTable({
    job_id: "j",
    variant_key: "k",
    axes: ["sl_pct", "tp_pct"],
    x: axis("sl_pct", 2, 1),
    y: axis("tp_pct", 2, 0),
    total_return_pct: [[1, 2.345], [null, -4]],
  });
  const lines = text.split("\n");
  assert.equal(lines[0], "Return % over sl_pct (across) and tp_pct (down); the winner in brackets");
  const cells = lines.filter((line) => line.includes("│")).map((line) =>
    line.split("│").map((cell) => cell.trim())
  );
  assert.deepEqual(cells.map((row) => row.slice(1, 4)), [["", "1", "2"], ["1", "1.00", "[2.35]"], [
    "2",
    "-",
    "-4.00",
  ]]);
  assert.equal(lines.at(-2), "Axes: sl_pct, tp_pct");
});

Deno.test("heatmapTable() shows what is nearest to the winner and says how much that is", () => {
  const returns = Array.from({ length: 64 }, (_, j) => Array.from({ length: 30 }, (_, i) => j + i / 100));
  const text = heatmapTable({
    job_id: "j",
    variant_key: "k",
    axes: ["a", "b"],
    x: axis("a", 30, 29),
    y: axis("b", 64, 32),
    total_return_pct: returns,
  });
  assert.match(text, /\[32\.29\]/);
  assert.match(text, /144 of 1920 cells; --json has all/);
});
