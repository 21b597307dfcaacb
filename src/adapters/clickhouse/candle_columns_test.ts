import assert from "node:assert/strict";
import { BacktestError } from "../../core/errors/mod.ts";
import { candleTableRules } from "./candle_columns.ts";

const usable: Readonly<Record<string, string>> = {
  market_id: "UInt16",
  symbol: "LowCardinality(String)",
  ts_open: "DateTime64(3, 'UTC')",
  open: "Float64",
  high: "Nullable(Float64)",
  low: "Float32",
  close: "Decimal(18, 8)",
  volume_base: "Nullable(Decimal(38, 2))",
  ingested_at: "DateTime",
};

function rules(changes: Readonly<Record<string, string | undefined>> = {}) {
  const columns = Object.entries({ ...usable, ...changes }).flatMap(([name, type]) =>
    type === undefined ? [] : [{ name, type }]
  );
  return candleTableRules(columns, { table: "d.t", timeframeMs: 60_000 });
}

Deno.test("candleTableRules() tells what columns can hold", () => {
  const { precision, missing, marketIdMax, times } = rules();
  assert.deepEqual(precision, { open: "f64", high: "f64", low: "f32", close: 1e-8, volume: 0.01 });
  const kept = { open: "nan", high: "null", low: "nan", close: "refused", volume: "null" };
  assert.deepEqual(missing, kept);
  assert.equal(marketIdMax, 65_535);
  const any = { smallest: -Infinity, largest: Infinity, whole: false };
  const { open, high, low, close, volume } =
    rules({ open: "Int8", high: "UInt16", close: "Decimal(9, 2)" }).limits;
  assert.deepEqual(open, { smallest: -127, largest: 127, whole: true });
  assert.deepEqual(high, { smallest: 0, largest: 65_535, whole: true });
  assert.deepEqual(low, any);
  assert.deepEqual(close, { smallest: -9_999_999.99, largest: 9_999_999.99, whole: false });
  assert.equal(volume.largest, 1e36);
  assert.equal(times.startMs, Date.UTC(1900, 0, 1));
  assert.equal(rules({ ts_open: "DateTime('Europe/Berlin')" }).times.endMs, 2 ** 32 * 1000);
  const largest = ["Int8", "UInt8", "Int32", "UInt32", "Int64", "UInt64"];
  const ids = largest.map((type) => rules({ market_id: type }).marketIdMax);
  assert.deepEqual(ids, [127, 255, 2 ** 31 - 1, 2 ** 32 - 1, 2 ** 53 - 1, 2 ** 53 - 1]);
  assert.equal(rules({ open: "UInt64" }).precision.open, 1);
});

Deno.test("candleTableRules() takes any column that nobody reads", () => {
  assert.deepEqual(rules({ source: "Array(Tuple(String, UInt8))" }), rules());
});

Deno.test("candleTableRules() names every column that is missing or of a wrong type, the first in its message", () => {
  const cases: readonly [string, string | undefined, string][] = [
    ["market_id", undefined, "column market_id is missing"],
    ["market_id", "String", 'column market_id must be an integer type, is "String"'],
    ["symbol", "Enum8('A' = 1)", `column symbol must be String, is "Enum8('A' = 1)"`],
    ["ts_open", "Date", 'column ts_open must be DateTime64 or DateTime, is "Date"'],
    [
      "close",
      "Nullable(String)",
      'column close must be Float64, Float32, Decimal or an integer type, Nullable or not, is "Nullable(String)"',
    ],
    [
      "ingested_at",
      "Nullable(DateTime)",
      'column ingested_at must be DateTime64 or DateTime, is "Nullable(DateTime)"',
    ],
  ];
  for (const [name, type, message] of cases) {
    assert.throws(() => rules({ [name]: type }), { message: `Cannot use candle table d.t: ${message}` });
  }
  assert.throws(() => rules({ low: undefined, open: "Date" }), (error: unknown) => {
    assert.ok(error instanceof BacktestError);
    assert.match(error.message, /column open must .* \(and 1 more\)$/);
    assert.deepEqual((error.details.errors as { path: string }[]).map(({ path }) => path), ["low", "open"]);
    return true;
  });
});
