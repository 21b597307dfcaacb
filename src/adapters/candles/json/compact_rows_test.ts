import assert from "node:assert/strict";
import fc from "fast-check";
import { cellAt } from "../table/cell_table.ts";
import { compactJson } from "./compact_json.ts";
import { compactRows } from "./compact_rows.ts";
import { jsonRows } from "./json_shapes.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const names = ["time", "open", "high", "low", "close", "volume"];

/** The same rows as makers of JSON put them into a value. */
const shapes: Readonly<Record<string, (rows: readonly (readonly unknown[])[]) => unknown>> = {
  "lists": (rows) => rows,
  "objects": (rows) => rows.map(named),
  "lists inside": (rows) => ({ code: "0", data: rows, msg: 'a "quoted" word' }),
  "lists by instrument": (rows) => ({ error: [], result: { XBTUSD: rows, last: 1 } }),
  "objects inside": (rows) => ({ ticker: "A", results: rows.map(named), next: null, ok: true }),
  "objects by instrument": (rows) => ({ bars: { AAPL: rows.map(named) } }),
  "columns": (rows) => ({ s: "ok", ...byColumn(rows) }),
  "columns at places": (rows) => {
    const { time, ...values } = byColumn(rows);
    return {
      chart: { result: [{ meta: { a: [] }, timestamp: time, indicators: { quote: [values] } }], error: null },
    };
  },
  "columns by row": (rows) =>
    Object.fromEntries(
      names.map((name, column) => [name, Object.fromEntries(rows.map((row, i) => [i, row[column]]))]),
    ),
  "rows by time": (rows) => ({
    meta: { "1. what": "x" },
    series: Object.fromEntries(
      rows.map((row, i) => [`2024-01-${10 + i}`, { ...named(row), time: undefined }]),
    ),
  }),
  "split": (rows) => ({
    columns: names.slice(1),
    index: rows.map(([time]) => time),
    data: rows.map((row) => row.slice(1)),
  }),
};

const named = (row: readonly unknown[]) => Object.fromEntries(names.map((name, i) => [name, row[i]]));
const byColumn = (rows: readonly (readonly unknown[])[]) =>
  Object.fromEntries(names.map((name, i) => [name, rows.map((row) => row[i])]));

for (const [shape, written] of Object.entries(shapes)) {
  Deno.test(`compactRows() finds what jsonRows() finds: ${shape}`, () => {
    const price = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: 0.001, max: 1e6 }),
      fc.constant(0.1),
    );
    const rows = fc.record({
      prices: fc.array(fc.tuple(price, price, price, price, fc.option(price)), {
        minLength: 2,
        maxLength: 9,
      }),
      areTexts: fc.boolean(),
      space: fc.constantFrom(undefined, 2),
    });
    fc.assert(fc.property(rows, ({ prices, areTexts, space }) => {
      const table = prices.map((row, i) => [
        areTexts ? `2024-01-0${i + 1}T00:00:00Z` : 1_704_067_200_000 + i,
        ...row,
      ]);
      const value = written(table);
      const text = JSON.stringify(value, null, space);
      const [{ columns, count, ...found }, ...more] = compactRows(compactJson(bytes(text))!) as [
        ReturnType<typeof compactRows>[0],
      ];
      const [expected] = jsonRows(JSON.parse(text)) as [ReturnType<typeof jsonRows>[0]];
      assert.equal(more.length, 0);
      assert.deepEqual(found, { names: expected.names, path: expected.path });
      const known = (cell: unknown) => cell ?? NaN;
      assert.deepEqual(
        Array.from({ length: count }, (_, row) => columns.map((column) => cellAt(column, row))),
        expected.rows.map((row) => row.map(known)),
      );
    }));
  });
}

Deno.test("compactJson() leaves what is damaged to JSON.parse", () => {
  for (
    const text of [
      "",
      "{",
      '{"a":1',
      '{"a" 1}',
      '{"a":1}x',
      '{"a":tru}',
      '{"a":01}',
      '["a',
      '{"a":[1,2}',
      "\xff",
    ]
  ) {
    assert.equal(compactJson(bytes(text)), null, text);
  }
});
