import assert from "node:assert/strict";
import fc from "fast-check";
import { Combinations, compileRules } from "./mod.ts";

type Tri = true | false | null;

/** A condition over `a`, `b` and `c` as text and as what it is for values. */
interface Condition {
  readonly text: string;
  of(values: Readonly<Record<string, number>>): Tri;
}

interface Term {
  readonly text: string;
  of(values: Readonly<Record<string, number>>): number;
}

const known = (value: number) => Number.isFinite(value) ? value : NaN;

const term: fc.Arbitrary<Term> = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom("a", "b", "c").map((name): Term => ({ text: name, of: (values) => values[name]! })),
    fc.integer({ min: 0, max: 4 }).map((value): Term => ({ text: String(value), of: () => value })),
    fc.tuple(fc.constantFrom("+", "-", "*", "/"), tie("term"), tie("term")).map(([sign, x, y]): Term => ({
      text: `(${x.text} ${sign} ${y.text})`,
      of(values) {
        const [l, r] = [x.of(values), y.of(values)];
        return known(sign === "+" ? l + r : sign === "-" ? l - r : sign === "*" ? l * r : l / r);
      },
    })),
    fc.tuple(fc.constantFrom("sqrt", "abs"), tie("term")).map(([name, x]): Term => ({
      text: `${name}(-${x.text})`,
      of: (values) => name === "abs" ? Math.abs(x.of(values)) : known(Math.sqrt(-x.of(values))),
    })),
    fc.tuple(fc.constantFrom("min", "max"), tie("term"), tie("term")).map(([name, x, y]): Term => ({
      text: `${name}(${x.text}, ${y.text})`,
      of: (values) => (name === "min" ? Math.min : Math.max)(x.of(values), y.of(values)),
    })),
  ),
})).term;

const condition: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small" },
    fc.tuple(fc.constantFrom("<", "<=", ">", ">=", "==", "!="), term, term).map((
      [sign, x, y],
    ): Condition => ({
      text: `${x.text} ${sign} ${y.text}`,
      of(values) {
        const [l, r] = [x.of(values), y.of(values)];
        if (Number.isNaN(l) || Number.isNaN(r)) return null;
        const results = { "<": l < r, "<=": l <= r, ">": l > r, ">=": l >= r, "==": l === r, "!=": l !== r };
        return results[sign as keyof typeof results];
      },
    })),
    fc.boolean().map((value): Condition => ({ text: String(value), of: () => value })),
    tie("condition").map((c): Condition => ({
      text: `not (${c.text})`,
      of(values) {
        const value = c.of(values);
        return value === null ? null : !value;
      },
    })),
    fc.tuple(fc.constantFrom("and", "or", "xor"), tie("condition"), tie("condition")).map(
      ([word, x, y]): Condition => ({
        text: `(${x.text}) ${word} (${y.text})`,
        of(values) {
          const [l, r] = [x.of(values), y.of(values)];
          if (word === "xor") return l === null || r === null ? null : l !== r;
          const decides = word === "or";
          if (l === decides || r === decides) return decides;
          return l === null || r === null ? null : !decides;
        },
      }),
    ),
  ),
})).condition;

const range = (from: number, to: number) => ({ mode: "range" as const, start: from, stop_incl: to, step: 1 });

Deno.test("Combinations keeps exactly those for which every condition is true, in mixed radix order", () => {
  const sizes = fc.record({ a: fc.integer({ min: 0, max: 9 }), b: fc.integer({ min: 0, max: 40 }) });
  fc.assert(fc.property(sizes, fc.array(condition, { maxLength: 3 }), (stop, conditions) => {
    const params = {
      c: { mode: "explicit" as const, values: [3, 0] },
      b: range(0, stop.b),
      a: range(0, stop.a),
    };
    const expected: Record<string, number>[] = [];
    for (let a = 0; a <= stop.a; a++) {
      for (let b = 0; b <= stop.b; b++) {
        for (const c of [3, 0]) {
          if (conditions.every((condition) => condition.of({ a, b, c }) === true)) expected.push({ a, b, c });
        }
      }
    }
    const where = conditions.map(({ text }) => text);
    const { rules, faults } = compileRules({ params, where, long: { enter: "true" } }, { timeframe: "1h" });
    if (expected.length === 0) {
      assert.equal(faults[0]!.message, `no combination is left of ${2 * (stop.a + 1) * (stop.b + 1)}`);
      return;
    }
    const { combinations } = rules!;
    assert.equal(combinations.kept, expected.length);
    assert.deepEqual(Array.from({ length: combinations.kept }, (_, i) => combinations.at(i)), expected);
    let kept = 0;
    for (let place = 0; place < combinations.total; place++) {
      assert.equal(combinations.indexOf(place), combinations.isKept(place) ? kept++ : null);
    }
  }));
});

Deno.test("Combinations without conditions and parameters is one, and refuses an index beyond", () => {
  const one = new Combinations([], []);
  assert.deepEqual([one.total, one.kept, one.at(0)], [1, 1, {}]);
  assert.throws(() => one.at(1), RangeError);
});

Deno.test("10,000,000 combinations go through where", () => {
  const params = { a: range(1, 100), b: range(1, 100), c: range(1, 100), d: range(1, 10) };
  const where = ["a < b and b < c", "c - a > d / 2 or not (a == d)", "max(a, b) * 0.5 < sqrt(c) + d"];
  const { rules } = compileRules({ params, where, long: { enter: "close > a" } }, { timeframe: "1h" });
  const { combinations } = rules!;
  assert.equal(combinations.total, 10_000_000);
  for (let index = 0; index < combinations.kept; index += 7919) {
    assert.equal(combinations.indexOf(combinations.placeOf(index)), index);
    const { a, b, c, d } = combinations.at(index) as Record<string, number>;
    assert.ok(a! < b! && b! < c! && Math.max(a!, b!) * 0.5 < Math.sqrt(c!) + d!, `${index}`);
  }
});

Deno.test("13 conditions and numbers that take too many steps to check are refused, and what was checked is not again", () => {
  const values = range(1, 10);
  const params = Object.fromEntries(Array.from("abcdefg", (name) => [name, values]));
  const all = "a + b + c + d + e + f + g";
  const refused: readonly (readonly [where: readonly string[], enter: string])[] = [
    [Array.from({ length: 16 }, (_, i) => `(${all}) * ${i + 1} > ${i}`), `close > ${all}`],
    [
      [`${Array.from({ length: 20 }, (_, i) => `${all} > ${i}`).join(" and ")} and ${all} < 0`],
      `close > ${all}`,
    ],
    [[], Array.from({ length: 15 }, (_, i) => `close > (${all}) * ${i}`).join(" and ")],
  ];
  for (const [where, enter] of refused) {
    const { faults } = compileRules({ params, where, long: { enter } }, { timeframe: "1h" });
    assert.deepEqual(faults.map(({ path }) => path), ["params"]);
    assert.match(
      faults[0]!.message,
      /^checking all combinations \(a 10, .*, g 10\) takes more than 120000000 steps: /,
    );
  }
  // what depends on few of them is cheap
  const few = { params, where: ["a < b", "c < d"], long: { enter: "close > a" } };
  const { rules } = compileRules(few, { timeframe: "1h" });
  assert.equal(rules!.combinations.kept, 45 * 45 * 1000);
  assert.equal(compileRules(few, { timeframe: "1h" }).rules, rules);
  assert.notEqual(compileRules(few, { timeframe: "1m" }).rules, rules);
});
