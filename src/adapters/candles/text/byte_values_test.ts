import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteValues, noPlainValue } from "./byte_values.ts";
import { numberIn } from "./numbers.ts";

const encoder = new TextEncoder();

Deno.test("ByteValues reads what numberIn() reads, to the last bit, and nothing else", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: 17 });
  const parts = fc.array(
    fc.oneof(
      digits,
      fc.constantFrom(".", ",", "'", " ", "-", "+", "e", "E-", "e+", "$", "€", "USD ", "000", "123"),
    ),
    { maxLength: 7 },
  );
  const form = fc.record({
    decimal: fc.constantFrom<"." | ",">(".", ","),
    grouped: fc.boolean(),
  });
  const currency = fc.constantFrom(undefined, "$", "USD");
  fc.assert(
    fc.property(parts, form, currency, (parts, form, currency) => {
      const text = parts.join("").trim();
      const whole = currency === undefined ? form : { ...form, currency };
      const bytes = encoder.encode(`,${text},`);
      const expected = text === "" ? NaN : numberIn(text, whole) ?? noPlainValue;
      const value = new ByteValues(whole).of(bytes, { from: 1, to: bytes.length - 1 });
      assert.ok(Object.is(value, expected), `${JSON.stringify(text)}: ${value}, ${expected}`);
    }),
    { numRuns: 20_000 },
  );
});

Deno.test("ByteValues reads groups, signs, exponents and currencies", () => {
  const read = (text: string, form: ConstructorParameters<typeof ByteValues>[0]) =>
    new ByteValues(form).of(encoder.encode(text), { from: 0, to: encoder.encode(text).length });
  const point = { decimal: ".", grouped: true } as const;
  assert.equal(read("1,234,567.25", point), 1_234_567.25);
  assert.equal(read("-1,234", point), -1234);
  assert.equal(read("1'234.5", point), 1234.5);
  assert.equal(read("12,34", point), noPlainValue);
  assert.equal(read("1,234", { ...point, grouped: false }), noPlainValue);
  assert.equal(read("1.5e-3", point), 0.0015);
  assert.equal(read("1.234,5", { decimal: ",", grouped: true }), 1234.5);
  assert.equal(read("$1,234.50", { ...point, currency: "$" }), 1234.5);
  assert.equal(read("12.5 €", { ...point, currency: "€" }), 12.5);
  assert.equal(read("$12", point), noPlainValue);
});
