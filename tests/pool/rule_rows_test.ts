import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { createPool } from "../../src/adapters/wasm/pool.ts";
import type { StoredTopVariant } from "../../src/core/job/mod.ts";
import { type PoolJobOptions, rowsHash, runPoolJob } from "./pool_job.ts";

const explicit = (...values: readonly (number | string)[]) => ({ mode: "explicit", values });

const template = {
  indicator_grids: null,
  rules: {
    params: {
      fast: explicit(3, 5, 8),
      level: explicit(45, 55),
      price: explicit("close", "hlc3"),
      slow: explicit(13, 21, 4),
      spare: explicit(1, 2),
    },
    where: ["fast < slow"],
    define: { up: 'on_timeframe("4h", close > ema(close, 5))' },
    long: {
      enter: "crosses_above(ema(price, fast), ema(price, slow)) and rsi(close, 14) > level",
      exit: 'for_bars(not up, 2) or between_times("20:00", "22:00", "Europe/Berlin")',
    },
    short: { enter: "crosses_below(ema(price, fast), ema(price, slow)) and not up" },
  },
};

async function rowsOf(
  options: Pick<PoolJobOptions, "compute" | "batchUnits">,
): Promise<readonly StoredTopVariant[]> {
  const { outcome, job, rows } = await runPoolJob({ ...options, bars: 700, template });
  assert.equal(outcome, "succeeded", job.lastError ?? "");
  assert.match(job.runData!.warnings.join("\n"), /^rule_param_unused: no rule depends on spare/);
  return rows;
}

Deno.test("a job in rules has the same rows for all threads, batch sizes and mask budgets", async () => {
  await using alone = createInProcessCompute();
  const expected = await rowsOf({ compute: alone, batchUnits: 1000 });
  assert.equal(expected.length, 60);
  assert.ok(expected.some(({ trades }) => trades !== null && trades.length > 0));
  for (const { payload } of expected) {
    assert.deepEqual(Object.keys(payload.rule_params!), ["fast", "level", "price", "slow", "spare"]);
    assert.ok(payload.rule_params!.fast! < payload.rule_params!.slow!);
    assert.equal(payload.indicator_selections, undefined);
  }
  for (const threads of [1, 3]) {
    for (const maskBytesMax of [0, 20_000, 64 * 1024 * 1024]) {
      await using compute = createPool({ threads, maskBytesMax });
      for (const batchUnits of [1, 7, undefined]) {
        const rows = await rowsOf({ compute, ...(batchUnits === undefined ? {} : { batchUnits }) });
        assert.equal(
          rowsHash(rows),
          rowsHash(expected),
          `${threads} threads, ${maskBytesMax} bytes, ${batchUnits}`,
        );
      }
    }
  }
});
