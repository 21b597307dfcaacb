import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { createPool } from "../../src/adapters/wasm/pool.ts";
import type { StoredTopVariant } from "../../src/core/job/mod.ts";
import { type EndedJob, type PoolJobOptions, requestOver, rowsHash, runPoolJob } from "./pool_job.ts";

const bars = 700;
// no mask beyond those of one variant, a few, all
const maskBudgets = [0, 2_000, 64 * 1024 * 1024];

/** Return alone takes the estimating path in Stage B, the other order the measuring one. */
const rankings = [
  { primary_metric: "total_return_pct" },
  { primary_metric: "profit_factor", secondary_metric: "max_drawdown_pct" },
];

async function succeeded(options: Omit<PoolJobOptions, "bars">): Promise<EndedJob> {
  const ended = await runPoolJob({ ...options, bars });
  assert.equal(ended.outcome, "succeeded", ended.job.lastError ?? "");
  return ended;
}

Deno.test("S000-40 the result table has one SHA-256 for all threads, batch sizes and mask budgets", async () => {
  await using alone = createInProcessCompute();
  const expected = await Promise.all(rankings.map(async (ranking) => {
    const { rows } = await succeeded({ compute: alone, changes: { ranking }, batchUnits: 1000 });
    assert.equal(rows.length, 60);
    assert.ok(rows.every(({ reportTableMd }) => reportTableMd !== null));
    assert.equal(rows.filter(({ trades }) => trades !== null).length, 10);
    return rowsHash(rows);
  }));
  assert.notEqual(expected[0], expected[1]);
  const seen = new Map<string, string>();
  for (const threads of [1, 2, 3, 7]) {
    for (const maskBytesMax of maskBudgets) {
      await using compute = createPool({ threads, maskBytesMax });
      for (const batchUnits of [1, 5, 64, undefined]) {
        for (const [i, ranking] of rankings.entries()) {
          const { rows } = await succeeded({
            compute,
            changes: { ranking },
            ...(batchUnits && { batchUnits }),
          });
          const run = `${threads} threads, ${maskBytesMax} bytes, batches of ${batchUnits}, ${
            JSON.stringify(ranking)
          }`;
          seen.set(run, rowsHash(rows));
          assert.equal(rowsHash(rows), expected[i], run);
        }
      }
    }
  }
  assert.equal(seen.size, 96);
});

Deno.test("the hash of a result table changes with any report, trade or figure", async () => {
  await using compute = createInProcessCompute();
  const { rows } = await succeeded({ compute });
  const [first, ...rest] = rows;
  assert.ok(first?.trades);
  const [trade, ...trades] = first.trades;
  assert.ok(trade);
  const changed: readonly StoredTopVariant[] = [
    { ...first, reportTableMd: `${first.reportTableMd} ` },
    { ...first, trades: [{ ...trade, exit_fee_quote: trade.exit_fee_quote + 1e-12 }, ...trades] },
    { ...first, totalReturnPct: first.totalReturnPct * (1 + 2 ** -52) },
  ];
  assert.equal(new Set([rows, ...changed.map((row) => [row, ...rest])].map(rowsHash)).size, 4);
});

type Template = Record<string, unknown> & {
  readonly indicator_grids: readonly Record<string, unknown>[];
  readonly risk_grid: Record<string, unknown>;
};

const template = requestOver(bars).template as Template;

/** Every object's members and every explicit list of values the other way round. */
function reversed(value: unknown, lists: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => reversed(item, lists));
  if (value === null || typeof value !== "object") return value;
  const members = Object.entries(value).reverse();
  return Object.fromEntries(members.map(([name, member]) => [
    name,
    lists && name === "values" ? (member as unknown[]).toReversed() : reversed(member, lists),
  ]));
}

Deno.test("the result table does not depend on the order of indicators, members and indicator values", async () => {
  await using compute = createPool({ threads: 2 });
  const expected = rowsHash((await succeeded({ compute })).rows);
  const indicators = template.indicator_grids.toReversed();
  const orders: readonly unknown[] = [
    { ...template, indicator_grids: indicators },
    reversed(template, false),
    { ...template, indicator_grids: reversed(indicators, true) },
  ];
  for (const order of orders) {
    const { rows } = await succeeded({ compute, changes: { template: order } });
    assert.equal(rowsHash(rows), expected);
  }
});

// a variant index counts the cells of the grid as requested, so it moves with the order of the levels
Deno.test("the order of the stop and target values changes nothing but the variant indexes", async () => {
  await using compute = createPool({ threads: 2 });
  const plain = (rows: readonly StoredTopVariant[]) =>
    rowsHash(rows.map((row) => ({ ...row, variantIndex: 0 })));
  const first = await succeeded({ compute });
  const turned = { ...template, risk_grid: reversed(template.risk_grid, true) };
  const second = await succeeded({ compute, changes: { template: turned } });
  assert.equal(plain(second.rows), plain(first.rows));
  assert.notEqual(rowsHash(second.rows), rowsHash(first.rows));
});
