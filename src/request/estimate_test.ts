import { estimateGrid, type EstimateRequest } from "./estimate.ts";
import assert from "node:assert/strict";

const explicit = (values: readonly number[]) => ({ mode: "explicit", values } as const);

/** Two windows, two stops and one target over 744 bars. */
const request: EstimateRequest = {
  timeframe: "1h",
  time_range: { start: "2026-01-01T00:00:00Z", end: "2026-02-01T00:00:00Z" },
  indicators: [{
    indicator_id: "ma.ema",
    params: { window: explicit([10, 20]) },
    source: { mode: "explicit", values: ["close"] },
  }],
  risk: { sl: explicit([1.5, 3]), tp: explicit([1]) },
};
const plenty = { defaults: {}, maxVariants: 1e9, maxBytes: 1e12 };
const { totalVariants, estimatedMemoryBytes } = estimateGrid(request, plenty);

Deno.test("estimateGrid() takes a grid of exactly as many variants as are allowed, and refuses one more", () => {
  assert.equal(totalVariants, 4);
  assert.equal(estimateGrid(request, { ...plenty, maxVariants: 4 }).totalVariants, 4);
  assert.throws(() => estimateGrid(request, { ...plenty, maxVariants: 3 }), {
    details: {
      error: "max_variants_per_compute_exceeded",
      total_variants: 4,
      max_variants_per_compute: 3,
    },
  });
});

Deno.test("estimateGrid() takes a grid of exactly as many bytes as are allowed, and refuses one more", () => {
  const maxBytes = estimatedMemoryBytes;
  assert.equal(estimateGrid(request, { ...plenty, maxBytes }).estimatedMemoryBytes, maxBytes);
  assert.throws(() => estimateGrid(request, { ...plenty, maxBytes: maxBytes - 1 }), {
    details: {
      error: "max_compute_bytes_total_exceeded",
      estimated_memory_bytes: maxBytes,
      max_compute_bytes_total: maxBytes - 1,
    },
  });
});

Deno.test("15 estimateGrid() counts months of the calendar, and refuses part of one", () => {
  const months = (start: string, end: string) =>
    estimateGrid({ ...request, timeframe: "1M", time_range: { start, end } }, plenty).estimatedMemoryBytes;
  const days = { ...request, timeframe: "1d" };
  const fiveDays = { ...days, time_range: { start: "2026-01-01T00:00:00Z", end: "2026-01-06T00:00:00Z" } };
  assert.equal(
    months("2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"),
    estimateGrid(fiveDays, plenty).estimatedMemoryBytes,
  );
  assert.throws(() => months("2026-01-01T00:00:00Z", "2026-06-02T00:00:00Z"), {
    message: /time_range must be a whole number of 1M bars, got 4\.99/,
  });
});
