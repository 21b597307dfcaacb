import fc from "fast-check";
import assert from "node:assert/strict";
import { shippedTemplates } from "../core/scenario/mod.ts";
import { BacktestError, type ErrorItem } from "../core/errors/mod.ts";
import { scenarioBody } from "./scenario.ts";

const body = scenarioBody({ templates: shippedTemplates, days_max: 3660, volatility_default: 0.2 });

const least = {
  symbol: "gld",
  market_id: 100,
  start_date: "2026-01-05",
  end_date: "2026-01-16",
  template_slug: "protective-put-95pct-12m",
  underlying_units: 1050,
  loan_amount: 126_000,
  margin_call_ltv: 0.7,
};

Deno.test("S002-22 scenarioBody() keeps what was sent and fills in the rest", () => {
  const usual = {
    compare_with: [],
    data_source: "candles",
    pricing: { volatility: 0.2, risk_free_rate: 0.04, dividend_yield: 0 },
    contract_size: 100,
    loan_rate_pct: 0,
    check: "close",
  };
  assert.deepEqual(body.read(least), { ...least, symbol: "GLD", ...usual });
  const nothing = Object.fromEntries(Object.keys(usual).map((name) => [name, null]));
  assert.deepEqual(body.read({ ...least, ...nothing }), { ...least, symbol: "GLD", ...usual });
  const all = {
    ...least,
    symbol: "GLD",
    compare_with: ["unhedged", "protective-put-atm-3m"],
    data_source: "candles",
    pricing: { volatility: "realized", risk_free_rate: -0.01, dividend_yield: 0.02 },
    contract_size: 1,
    loan_rate_pct: 8.5,
    check: "low",
  };
  assert.deepEqual(body.read(all), all);
  assert.deepEqual(body.read({ ...least, pricing: { dividend_yield: 0.01 } }).pricing, {
    volatility: 0.2,
    risk_free_rate: 0.04,
    dividend_yield: 0.01,
  });
});

/** The findings of a body with some members changed; those that are undefined are left out. */
function findings(change: Readonly<Record<string, unknown>>): readonly string[] {
  const sent = Object.entries({ ...least, ...change }).filter(([, value]) => value !== undefined);
  try {
    body.read(Object.fromEntries(sent));
  } catch (error) {
    if (!(error instanceof BacktestError)) throw error;
    const items = error.details.errors as readonly ErrorItem[];
    return items.map(({ path, code, message }) => `${path} ${code}: ${message}`);
  }
  return assert.fail(`${JSON.stringify(change)} was not refused`);
}

const slugs = shippedTemplates.map(({ slug }) => slug);

const refused: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
  ...Object.keys(least).map((name) =>
    [{ [name]: undefined }, `body.${name} required: Field required`] as const
  ),
  [{ symbol: "a b" }, "body.symbol value_error: Input should be a symbol without spaces"],
  [{ symbol: "x".repeat(65) }, "body.symbol too_long: Input should be at most 64 long"],
  [{ symbol: 5 }, "body.symbol string_type: Input should be a text, got 5"],
  [{ market_id: 0 }, "body.market_id greater_than: Input should be greater than 0, got 0"],
  [
    { market_id: 65_536 },
    "body.market_id less_than_equal: Input should be less than or equal to 65535, got 65536",
  ],
  [{ market_id: 1.5 }, "body.market_id int_type: Input should be an integer, got 1.5"],
  [
    { start_date: "2026-02-30" },
    'body.start_date date_parsing: Input should be a date like 2026-01-05, got "2026-02-30"',
  ],
  [{ start_date: "2026-1-5" }, "body.start_date date_parsing: "],
  [{ end_date: "2026-01-16T00:00:00Z" }, "body.end_date date_parsing: "],
  [
    { end_date: "2026-01-05" },
    'body.end_date value_error: Input should be a date after 2026-01-05, got "2026-01-05"',
  ],
  [
    { end_date: "2036-01-14" },
    "body.end_date value_error: Input should be a date at most 3660 days after 2026-01-05",
  ],
  [
    { template_slug: "put" },
    `body.template_slug literal_error: Input should be one of ${slugs.join(", ")}, got "put"`,
  ],
  [{ compare_with: ["put"] }, "body.compare_with.0 literal_error: Input should be one of "],
  [
    { compare_with: ["unhedged", "unhedged"] },
    "body.compare_with.1 value_error: Input should be a template that is not asked for already",
  ],
  [{ compare_with: [least.template_slug] }, "body.compare_with.0 value_error: "],
  [
    { compare_with: Array<string>(10).fill("unhedged") },
    "body.compare_with too_long: Input should be at most 9 long",
  ],
  [{ compare_with: "unhedged" }, "body.compare_with list_type: "],
  [{ underlying_units: 0 }, "body.underlying_units greater_than: "],
  [{ underlying_units: true }, "body.underlying_units float_type: Input should be a finite number, got true"],
  [{ underlying_units: "1050" }, "body.underlying_units float_type: "],
  [{ underlying_units: 1e16 }, "body.underlying_units less_than_equal: "],
  [{ loan_amount: 0 }, "body.loan_amount greater_than: "],
  [{ loan_amount: -1 }, "body.loan_amount greater_than: "],
  [{ loan_amount: NaN }, "body.loan_amount "],
  [{ margin_call_ltv: 0 }, "body.margin_call_ltv greater_than: "],
  [{ margin_call_ltv: 1 }, "body.margin_call_ltv less_than: "],
  [{ margin_call_ltv: "0.7" }, "body.margin_call_ltv float_type: "],
  [{ data_source: "databento" }, "body.data_source literal_error: Input should be one of candles"],
  [{ pricing: { volatility: -0.1 } }, "body.pricing.volatility greater_than_equal: "],
  [
    { pricing: { volatility: 5.1 } },
    "body.pricing.volatility less_than_equal: Input should be less than or equal to 5, got 5.1",
  ],
  [
    { pricing: { volatility: "0.2" } },
    'body.pricing.volatility float_type: Input should be a number 0..5 or "realized", got "0.2"',
  ],
  [{ pricing: { volatility: true } }, "body.pricing.volatility float_type: "],
  [{ pricing: { risk_free_rate: 0.51 } }, "body.pricing.risk_free_rate less_than_equal: "],
  [{ pricing: { dividend_yield: -0.51 } }, "body.pricing.dividend_yield greater_than_equal: "],
  [{ pricing: { volatilty: 0.2 } }, "body.pricing.volatilty extra_forbidden: "],
  [{ pricing: [] }, "body.pricing dict_type: "],
  [{ contract_size: 0 }, "body.contract_size greater_than: "],
  [{ contract_size: 100_001 }, "body.contract_size less_than_equal: "],
  [{ contract_size: 1.5 }, "body.contract_size int_type: "],
  [{ loan_rate_pct: -1 }, "body.loan_rate_pct greater_than_equal: "],
  [{ loan_rate_pct: 101 }, "body.loan_rate_pct less_than_equal: "],
  [{ check: "open" }, 'body.check literal_error: Input should be one of close, low, got "open"'],
  [{ loan: 1 }, "body.loan extra_forbidden: Extra inputs are not permitted"],
];

for (const [change, finding] of refused) {
  Deno.test(`scenarioBody() refuses ${JSON.stringify(change)}: ${finding}`, () => {
    const found = findings(change);
    assert.equal(found.length, 1, found.join("\n"));
    assert.ok(found[0]!.startsWith(finding), found[0]);
  });
}

Deno.test("scenarioBody() refuses what is no object", () => {
  for (const value of [null, [], "x", 1]) assert.throws(() => body.read(value), { code: "validation_error" });
});

Deno.test("scenarioBody() takes as many days as the config allows", () => {
  assert.equal(body.read({ ...least, end_date: "2036-01-13" }).end_date, "2036-01-13");
});

Deno.test("scenarioBody() reads what it made as the same", () => {
  const numbers = fc.record({
    underlying_units: fc.double({ min: 1e-9, max: 1e15, noNaN: true }),
    loan_amount: fc.double({ min: 1e-9, max: 1e15, noNaN: true }),
    margin_call_ltv: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
    contract_size: fc.option(fc.integer({ min: 1, max: 100_000 })),
    loan_rate_pct: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
    check: fc.option(fc.constantFrom("close", "low")),
    compare_with: fc.option(fc.subarray(slugs.filter((slug) => slug !== least.template_slug))),
  });
  fc.assert(fc.property(numbers, (change) => {
    const read = body.read({ ...least, ...change });
    assert.deepEqual(body.read(read), read);
    const said = Object.entries(change).filter(([, value]) => value !== null);
    for (const [name, value] of said) assert.deepEqual(read[name as keyof typeof read], value);
  }));
});
