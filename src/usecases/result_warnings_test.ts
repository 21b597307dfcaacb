import assert from "node:assert/strict";
import { leftOutWarnings } from "./result_warnings.ts";

const kept = { metrics: { trades: 7 }, trades: [] };
const left = (trades: number) => ({ metrics: { trades }, trades: null });

/** The ranks that the warning names; null without one. */
function named(rows: Parameters<typeof leftOutWarnings>[0], traded = rows.length): string | null {
  const warnings = leftOutWarnings(rows, { traded });
  assert.ok(warnings.length <= 1);
  return warnings[0]?.replace(
    /^trades_left_out: the trades of rank (.*) are not kept: \d+ are of a row, .*$/,
    "$1",
  ) ?? null;
}

Deno.test("leftOutWarnings() names the ranks whose trades were too many, with how many there are", () => {
  assert.equal(named([]), null);
  assert.equal(named([kept, kept]), null);
  assert.equal(named([kept, left(20_000), kept, left(30_000)]), "2 (20000), 4 (30000)");
});

Deno.test("leftOutWarnings() names five ranks and counts the others", () => {
  const five = "1 (9), 2 (9), 3 (9), 4 (9), 5 (9)";
  const rows = (count: number) => Array.from({ length: count }, () => left(9));
  assert.equal(named(rows(5)), five);
  assert.equal(named(rows(6)), `${five} and 1 more`);
  assert.equal(named(rows(9)), `${five} and 4 more`);
});

Deno.test("leftOutWarnings() says nothing of rows that were to have no trades, nor of those of older releases", () => {
  assert.equal(named([kept, left(9), left(9)], 2), "2 (9)");
  assert.equal(named([kept, left(9)], 1), null);
  assert.equal(named([{ metrics: null, trades: null }, { metrics: { trades: null }, trades: [] }]), null);
});
