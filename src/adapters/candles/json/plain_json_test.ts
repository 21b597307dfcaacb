import assert from "node:assert/strict";
import fc from "fast-check";
import { cellAt } from "../table/cell_table.ts";
import { plainJson } from "./plain_json.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The same by `JSON.parse`, texts of plain numbers as numbers. */
function parsed(text: string, { onLines = false } = {}): readonly (readonly unknown[])[] {
  const rows = onLines
    ? text.split("\n").filter((line) => line.trim() !== "").map((line) => JSON.parse(line))
    : JSON.parse(text);
  return rows.map((row: object) => Object.values(row).map((cell) => cell));
}

function rowsOf(text: string) {
  const found = plainJson(bytes(text));
  if (found === null) return null;
  return Array.from({ length: found.count }, (_, row) => found.columns.map((column) => cellAt(column, row)));
}

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, 0.1, 1e21, 1e-7, 42283.58, 1735689600000),
).map((value) => Object.is(value, -0) ? 0 : value);
const blanks = fc.constantFrom("", " ", "\n", "\r\n\t");

Deno.test("plainJson() reads lists and objects as JSON.parse does, to the last bit", () => {
  const tables = fc.integer({ min: 1, max: 7 }).chain((fields) =>
    fc.record({
      rows: fc.array(fc.array(number, { minLength: fields, maxLength: fields }), {
        minLength: 2,
        maxLength: 20,
      }),
      quoted: fc.array(fc.boolean(), { minLength: fields, maxLength: fields }),
      isObject: fc.boolean(),
      onLines: fc.boolean(),
      gap: blanks,
    })
  );
  fc.assert(fc.property(tables, ({ rows, quoted, isObject, onLines, gap }) => {
    const between = onLines ? " " : gap;
    const cell = (value: number, field: number) => {
      // a text of many digits is a closer look's to read, as a stamp may be meant
      const isLong = Number.isInteger(value) && Math.abs(value) >= 1e15;
      return `${isObject ? `"f${field}":${between}` : ""}${
        quoted[field] && !isLong ? JSON.stringify(String(value)) : JSON.stringify(value)
      }`;
    };
    const [left, right] = isObject ? ["{", "}"] : ["[", "]"];
    const texts = rows.map((row) =>
      `${left}${between}${row.map(cell).join(`${between},${between}`)}${right}`
    );
    const text = onLines ? texts.join("\n") : `[${between}${texts.join(`,${between}`)}]${between}`;
    const expected = parsed(text, { onLines }).map((row) => row.map(Number));
    assert.deepEqual(rowsOf(text), expected);
  }));
});

Deno.test("plainJson() keeps texts that are no numbers, and says on which line a row is", () => {
  assert.deepEqual(rowsOf('[["2024-01-01T00:00Z",1],["é",2]]'), [["2024-01-01T00:00Z", 1], ["é", 2]]);
  const { lines, names } = plainJson(bytes('{"t":1,"o":2}\n\n {"t":2,"o":3}\n'))!;
  assert.deepEqual([[...lines!], names], [[1, 3], ["t", "o"]]);
});

Deno.test("plainJson() leaves everything else to JSON.parse", () => {
  const others = [
    "",
    "[]",
    "[[]]",
    "[1,2]",
    '{"a":1}',
    "[[1,2],[3]]",
    "[[1,2],[3,4]",
    "[[1,2],[3,4]]x",
    "[[1,2],[3,4],]",
    "[[01,2],[3,4]]",
    "[[1.,2],[3,4]]",
    "[[.5,2],[3,4]]",
    "[[+1,2],[3,4]]",
    "[[1,2],[3,1e]]",
    '[["a\\n",2],["b",4]]',
    '[["a",2],[1,4]]',
    '[{"a":1,"b":2},{"b":1,"a":2}]',
    '[{"a":1,"a":2},{"a":1,"a":2}]',
    '[{"a":1},[1]]',
    '{"a":1}{"a":2}',
    '{"a":1} {"a":2}',
    '[["a]',
    '[["a\n",1],["b",2]]',
    "[[1,2],[3,nul]]",
    "[[1,2],[3,nulls]]",
    '[[1,"x"],[2,3]]',
    "[[1,2],[3,[4]]]",
    '[{"a":1},{"b":1,"a":2}]',
    '[{"a":{"b":1}},{"a":2}]',
    '[{"a":{"b":1}},{"a":{"c":2}}]',
    '[{"a":{"b":{"c":1}}},{"a":{"b":{"c":1}}}]',
    '[{"a":1,"b":{"a":2}},{"a":1,"b":{"a":2}}]',
    "[{}]",
  ];
  for (const text of others) assert.equal(plainJson(bytes(text)), null, text);
});

Deno.test("plainJson() reads null, words, members that are left out, and an object in each row", () => {
  const cases: readonly [string, readonly string[] | null, readonly (readonly unknown[])[]][] = [
    ["[[1,null],[null,4]]", null, [[1, NaN], [NaN, 4]]],
    ['[[null,1],["a",2],[null,3]]', null, [["", 1], ["a", 2], ["", 3]]],
    ["[[1,true],[3,false]]", null, [[1, "true"], [3, "false"]]],
    ['[{"a":1,"b":2},{"b":3},{"a":4}]', ["a", "b"], [[1, 2], [NaN, 3], [4, NaN]]],
    ['[{"a":1},{"a":2,"b":"x"},{"a":3}]', ["a", "b"], [[1, ""], [2, "x"], [3, ""]]],
    ['[{"t":1,"mid":{"o":2,"h":3}},{"t":4,"mid":{"o":5,"h":6}}]', ["t", "o", "h"], [[1, 2, 3], [4, 5, 6]]],
    ['[{"t":{"$date":1},"o":2},{"t":{"$date":3},"o":4}]', ["t", "o"], [[1, 2], [3, 4]]],
  ];
  for (const [text, names, rows] of cases) {
    assert.deepEqual(rowsOf(text), rows, text);
    assert.deepEqual(plainJson(bytes(text))!.names, names, text);
  }
});
