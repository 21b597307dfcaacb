import assert from "node:assert/strict";
import { putPrice } from "./put.ts";
import { runScenario, type ScenarioInput, type ScenarioResult, scenarioSummary } from "./scenario.ts";
import type { PutTemplate } from "./template.ts";
import type { ScenarioDay, ScenarioTerms } from "./terms.ts";
import { dayOfDate } from "./dates.ts";

/** The ten days of the known answer, from Monday 2026-01-05 on, without the weekend between. */
const closes = [200, 198, 190.5, 182, 176.25, 168.5, 172, 165.75, 160.5, 171.25];
const dates = [5, 6, 7, 8, 9, 12, 13, 14, 15, 16].map((day) => `2026-01-${String(day).padStart(2, "0")}`);

const terms: ScenarioTerms = {
  symbol: "GLD",
  start_date: "2026-01-05",
  end_date: "2026-01-16",
  underlying_units: 1050,
  loan_amount: 126_000,
  margin_call_ltv: 0.7,
  data_source: "candles",
  pricing: { volatility: 0.2, risk_free_rate: 0.04, dividend_yield: 0 },
  contract_size: 100,
  loan_rate_pct: 0,
  check: "close",
};

function template(slug: string, rest: Partial<PutTemplate> = {}): PutTemplate {
  return { slug, name: `Template ${slug}`, tenor_days: 365, roll: false, legs: [], ...rest };
}

const put = (moneyness: number) => [{ moneyness, weight: 1 }];
const put95 = template("put-95", { legs: put(0.95) });
const unhedged = template("unhedged");

interface Change {
  readonly terms?: Partial<ScenarioTerms>;
  readonly templates?: readonly PutTemplate[];
  readonly days?: readonly ScenarioDay[];
  readonly input?: Partial<ScenarioInput>;
}

function day(index: number, rest: Partial<ScenarioDay> = {}): ScenarioDay {
  const close = closes[index]!;
  return { day: dayOfDate(dates[index]!), open: close, high: close, low: close, close, ...rest };
}

const days = closes.map((_, index) => day(index));

function run(change: Change = {}): ScenarioResult {
  return runScenario({
    scenarioId: "id",
    days: change.days ?? days,
    earlierCloses: [],
    daysPerYear: 252,
    volatilityDefault: 0.2,
    warnings: [],
    templates: change.templates ?? [put95],
    terms: { ...terms, ...change.terms },
    ...change.input,
  });
}

function assertClose(actual: number, expected: number, name: string): void {
  const allowed = 1e-9 * Math.abs(expected);
  assert.ok(Math.abs(actual - expected) <= allowed, `${name}: ${actual}, expected ${expected}`);
}

/** Underlying, options, net, LTV hedged and unhedged, and whether each calls; six decimals, LTVs nine. */
const knownPath = [
  [210000, 8064.911229, 210000.000000, 0.577809604, 0.600000000, false, false],
  [207900, 8648.647514, 208483.736285, 0.581855400, 0.606060606, false, false],
  [200025, 11196.300349, 203156.389120, 0.596530747, 0.629921260, false, false],
  [191100, 14769.069274, 197804.158045, 0.612039489, 0.659340659, false, false],
  [185062.5, 17630.943800, 194628.532571, 0.621628394, 0.680851064, false, false],
  [176925, 22081.789013, 190941.877784, 0.633144229, 0.712166172, false, true],
  [180600, 19971.427758, 192506.516529, 0.628205131, 0.697674419, false, false],
  [174037.5, 23828.629844, 189801.218615, 0.636794180, 0.723981900, false, true],
  [168525, 27413.622529, 187873.711300, 0.643058517, 0.747663551, false, true],
  [179812.5, 20395.583435, 192143.172206, 0.629345218, 0.700729927, false, true],
] as const;

Deno.test("S002-28 runScenario() gives the known answer day by day", () => {
  const [result] = run().template_results;
  assert.equal(result!.daily_path.length, 10);
  result!.daily_path.forEach((day, index) => {
    const [underlying, options, net, hedged, unhedged, callHedged, callUnhedged] = knownPath[index]!;
    assert.equal(day.date, dates[index]);
    assert.equal(day.spot_close, closes[index]);
    assert.equal(day.underlying_value, underlying);
    assert.equal(day.option_market_value.toFixed(6), options.toFixed(6));
    assert.equal(day.net_portfolio_value.toFixed(6), net.toFixed(6));
    assert.equal(day.ltv_hedged.toFixed(9), hedged.toFixed(9));
    assert.equal(day.ltv_unhedged.toFixed(9), unhedged.toFixed(9));
    assert.deepEqual([day.margin_call_hedged, day.margin_call_unhedged], [callHedged, callUnhedged]);
    assert.equal(day.option_contracts, 10);
  });
  assertClose(result!.daily_path[0]!.option_market_value, 8064.911228970288, "premium");
});

/** Template, hedge cost, end value, largest LTV, days of calls hedged. */
const knownTemplates: readonly (readonly [PutTemplate, number, number, number, number])[] = [
  [put95, 8064.911228970288, 192143.1722063141, 0.6430585168637591, 0],
  [template("atm", { legs: put(1) }), 12007.995265013506, 195047.6317046115, 0.6184071435629437, 0],
  [
    template("ladder", { legs: [{ moneyness: 1, weight: 0.5 }, { moneyness: 0.95, weight: 0.5 }] }),
    10036.453246991896,
    193595.4019554628,
    0.63049196348797,
    0,
  ],
  [
    template("atm-7d", { legs: put(1), tenor_days: 7, roll: true }),
    3930.322356947215,
    207685.2891236242,
    0.6058750493917054,
    0,
  ],
  [
    template("90-5d", { legs: put(0.9), tenor_days: 5 }),
    0.0027343688898159423,
    191312.4972656311,
    0.699902791278989,
    0,
  ],
  [unhedged, 0, 179812.5, 0.7476635514018691, 4],
];

Deno.test("S002-25 S002-28 runScenario() gives the known answer of every template, in the order asked for", () => {
  const { template_results: results } = run({ templates: knownTemplates.map(([template]) => template) });
  assert.deepEqual(
    results.map(({ template_slug }) => template_slug),
    knownTemplates.map(([{ slug }]) => slug),
  );
  assert.equal(results[0]!.template_name, "Template put-95");
  results.forEach(({ template_slug: slug, summary_metrics: metrics }, index) => {
    const [, cost, end, maxHedged, calls] = knownTemplates[index]!;
    assert.deepEqual(Object.keys(metrics), [
      "start_value",
      "end_value_hedged_net",
      "total_hedge_cost",
      "max_ltv_hedged",
      "max_ltv_unhedged",
      "margin_call_days_hedged",
      "margin_call_days_unhedged",
    ]);
    assert.equal(metrics.start_value, 210_000);
    assertClose(metrics.total_hedge_cost, cost, `${slug} cost`);
    assertClose(metrics.end_value_hedged_net, end, `${slug} end`);
    assertClose(metrics.max_ltv_hedged, maxHedged, `${slug} max LTV`);
    assertClose(metrics.max_ltv_unhedged, 0.7476635514018691, `${slug} max LTV unhedged`);
    assert.deepEqual([metrics.margin_call_days_hedged, metrics.margin_call_days_unhedged], [calls, 4], slug);
  });
});

Deno.test("runScenario() splits contracts of a ladder and buys whole ones", () => {
  const ladder = template("ladder", {
    legs: [{ moneyness: 1, weight: 0.5 }, { moneyness: 0.95, weight: 0.5 }],
  });
  const [{ daily_path: [entry] }] = run({ templates: [ladder], terms: { underlying_units: 1199 } })
    .template_results as [ScenarioResult["template_results"][0]];
  const price = (strike: number) =>
    putPrice({ spot: 200, strike, years: 1, riskFreeRate: 0.04, dividendYield: 0, volatility: 0.2 });
  assert.equal(entry!.option_contracts, 11);
  assertClose(entry!.option_market_value, 600 * price(200) + 500 * price(190), "six and five");
});

Deno.test("runScenario() rolls at the close of the day that settles, with the payoff still pledged", () => {
  const atm = template("atm-7d", { legs: put(1), tenor_days: 7, roll: true });
  const path = run({ templates: [atm] }).template_results[0]!.daily_path;
  const rolled = path[5]!;
  assert.equal(rolled.date, "2026-01-12");
  assertClose(rolled.option_market_value, 1797.1758945606666, "bought anew");
  // 31,500 were paid, and stay in the collateral
  assertClose(
    126_000 / rolled.ltv_hedged - rolled.underlying_value - rolled.option_market_value,
    31_500,
    "payoff",
  );
  assert.equal(rolled.option_contracts, 10);
});

Deno.test("runScenario() settles an expiry on a weekend on the next day there is, and holds nothing after it", () => {
  const short = template("90-5d", { legs: put(0.9), tenor_days: 5 });
  const path = run({ templates: [short] }).template_results[0]!.daily_path;
  assert.deepEqual(path.map(({ option_contracts }) => option_contracts), [10, 10, 10, 10, 10, 0, 0, 0, 0, 0]);
  const monday = path[5]!;
  assertClose(126_000 / monday.ltv_hedged - monday.underlying_value, 11_500, "payoff");
});

Deno.test("runScenario() warns of a hedge that ends before the scenario, and of none that ends with it", () => {
  const short = template("90-5d", { legs: put(0.9), tenor_days: 5 });
  assert.deepEqual(run({ templates: [unhedged, short, put95] }).warnings, [
    "hedge_expired: the puts of 90-5d expired and are not bought anew: from 2026-01-12 on, 5 of 10 days, there is no hedge",
  ]);
  const onLastDay = template("11d", { legs: put(0.9), tenor_days: 11 });
  assert.deepEqual(run({ templates: [onLastDay] }).warnings, []);
});

Deno.test("runScenario() buys nothing where it would roll on the last day", () => {
  const atm = template("atm-7d", { legs: put(1), tenor_days: 7, roll: true });
  const short = run({ templates: [atm], days: days.slice(0, 6) }).template_results[0]!;
  assert.equal(short.daily_path.at(-1)!.option_contracts, 0);
  assertClose(
    short.summary_metrics.total_hedge_cost,
    3930.322356947215 - 1797.1758945606666,
    "first premium",
  );
});

Deno.test("S002-23 runScenario() heads its result with what was asked for", () => {
  const result = run({ input: { warnings: ["missing_bars: x"] } });
  const { template_results: _, ...head } = result;
  assert.deepEqual(Object.keys(head), [
    "scenario_id",
    "scenario_name",
    "symbol",
    "start_date",
    "end_date",
    "entry_spot",
    "underlying_units",
    "loan_amount",
    "margin_call_ltv",
    "data_source",
    "data_cost_usd",
    "pricing_model",
    "warnings",
    "start_value",
    "end_value_hedged_net",
    "total_hedge_cost",
    "max_ltv_hedged",
    "max_ltv_unhedged",
    "margin_call_days_hedged",
    "margin_call_days_unhedged",
    "margin_threshold_breached_hedged",
    "margin_threshold_breached_unhedged",
  ]);
  assert.equal(head.scenario_name, "GLD 2026-01-05 to 2026-01-16: Template put-95");
  assert.deepEqual([head.scenario_id, head.entry_spot, head.data_cost_usd], ["id", 200, 0]);
  assert.equal(head.pricing_model, "black_scholes_flat_volatility");
  assert.deepEqual(head.warnings, ["missing_bars: x"]);
});

Deno.test("S002-24 runScenario() summarises its first template, 0 and false without one", () => {
  const both = run({ templates: [put95, unhedged] });
  assert.deepEqual([both.margin_call_days_hedged, both.margin_threshold_breached_hedged], [0, false]);
  assert.deepEqual([both.margin_call_days_unhedged, both.margin_threshold_breached_unhedged], [4, true]);
  const { total_hedge_cost, end_value_hedged_net } = both.template_results[0]!.summary_metrics;
  assert.deepEqual([both.total_hedge_cost, both.end_value_hedged_net], [
    total_hedge_cost,
    end_value_hedged_net,
  ]);
  assert.deepEqual(Object.values(scenarioSummary([])), [0, 0, 0, 0, 0, 0, 0, false, false]);
});

Deno.test("S002-26 runScenario() has the thirteen members of a day", () => {
  const [first] = run().template_results[0]!.daily_path;
  assert.deepEqual(Object.keys(first!), [
    "date",
    "spot_close",
    "spot_open",
    "spot_low",
    "spot_high",
    "underlying_value",
    "option_market_value",
    "net_portfolio_value",
    "option_contracts",
    "ltv_hedged",
    "ltv_unhedged",
    "margin_call_hedged",
    "margin_call_unhedged",
  ]);
});

Deno.test("S002-28 runScenario() calls at exactly the margin call's LTV", () => {
  const at = (margin_call_ltv: number) => run({ terms: { margin_call_ltv } }).margin_call_days_unhedged;
  assert.equal(at(0.7476635514018691), 1);
  assert.equal(at(0.7476635514018692), 0);
});

Deno.test("runScenario() adds simple interest by actual days to the loan in every LTV", () => {
  const plain = run().template_results[0]!.daily_path;
  const path = run({ terms: { loan_rate_pct: 10 } }).template_results[0]!.daily_path;
  path.forEach((day, index) => {
    const passed = dayOfDate(day.date) - dayOfDate("2026-01-05");
    const factor = 1 + 0.1 * passed / 365;
    assertClose(day.ltv_unhedged, plain[index]!.ltv_unhedged * factor, day.date);
    assertClose(day.ltv_hedged, plain[index]!.ltv_hedged * factor, day.date);
    assert.equal(day.net_portfolio_value, plain[index]!.net_portfolio_value);
  });
});

Deno.test('runScenario() with check "low" decides at the low, with the puts marked there, and shows both', () => {
  const lower = days.map((day) => ({ ...day, low: day.close - 10 }));
  const { template_results: [hedged], ...summary } = run({ days: lower, terms: { check: "low" } });
  const path = hedged!.daily_path;
  const day = path[4]!;
  assert.deepEqual(Object.keys(day).slice(13), ["ltv_hedged_low", "ltv_unhedged_low"]);
  assertClose(day.ltv_unhedged_low!, 126_000 / (1050 * 166.25), "unhedged");
  const option = putPrice({
    spot: 166.25,
    strike: 190,
    years: 361 / 365,
    riskFreeRate: 0.04,
    dividendYield: 0,
    volatility: 0.2,
  });
  assertClose(day.ltv_hedged_low!, 126_000 / (1050 * 166.25 + 1000 * option), "hedged");
  // at the close it is 0.68, at the low 0.72
  assert.deepEqual([day.margin_call_unhedged, day.margin_call_hedged], [true, false]);
  assert.equal(summary.max_ltv_unhedged, Math.max(...path.map(({ ltv_unhedged_low }) => ltv_unhedged_low!)));
  assert.equal(summary.max_ltv_hedged, Math.max(...path.map(({ ltv_hedged_low }) => ltv_hedged_low!)));
  assert.ok(day.ltv_unhedged < 0.7);
});

Deno.test("runScenario() prices each purchase and each mark with the volatility realised up to that day", () => {
  const earlierCloses = Array.from({ length: 61 }, (_, day) => 200 * (day % 2 === 0 ? 1 : 1.01));
  const result = run({
    terms: { pricing: { ...terms.pricing, volatility: "realized" } },
    input: { earlierCloses },
  });
  const changed = run({
    terms: { pricing: { ...terms.pricing, volatility: "realized" } },
    input: { earlierCloses },
    days: days.map((day, index) => index < 6 ? day : { ...day, close: 100 }),
  });
  const path = (of: ScenarioResult) => of.template_results[0]!.daily_path;
  assert.deepEqual(path(result).slice(0, 6), path(changed).slice(0, 6));
  assert.notEqual(result.total_hedge_cost, run().total_hedge_cost);
  assert.deepEqual(result.warnings, []);
});

Deno.test("runScenario() says on how many days the default volatility stood in", () => {
  const realized = { terms: { pricing: { ...terms.pricing, volatility: "realized" } } } as const;
  const result = run({ ...realized, input: { earlierCloses: [200, 201, 202], volatilityDefault: 0.2 } });
  assert.deepEqual(result.warnings, [
    "default_volatility: 10 of 10 days have fewer than 20 of the 60 daily returns up to them, and their puts are priced with 0.2",
  ]);
  assert.deepEqual(result.template_results, run().template_results);
});

const refusals: readonly (readonly [string, Change, string])[] = [
  [
    "a loan that would be called at entry",
    { terms: { margin_call_ltv: 0.6 } },
    "Cannot start: LTV at entry is 0.6, the margin call is at 0.6",
  ],
  [
    "a hedge without one whole contract",
    { terms: { underlying_units: 99, loan_amount: 1000 } },
    "Cannot hedge 99 units with contracts of 100",
  ],
  [
    "a hedge to compare with without one whole contract",
    { terms: { underlying_units: 99, loan_amount: 1000 }, templates: [unhedged, put95] },
    "Cannot hedge 99 units with contracts of 100",
  ],
  [
    "a figure that is not finite",
    { days: [days[0]!, day(1, { close: 1e308 })], templates: [unhedged] },
    "Cannot value GLD on 2026-01-06: underlying_value is Infinity",
  ],
  ["no day", { days: [] }, "no daily candle of GLD from 2026-01-05 to 2026-01-16"],
];

for (const [what, change, message] of refusals) {
  Deno.test(`runScenario() refuses ${what}`, () => assert.throws(() => run(change), { message }));
}

Deno.test("runScenario() without a hedge needs no whole contract", () => {
  assert.equal(
    run({ templates: [unhedged], terms: { underlying_units: 99, loan_amount: 1000 } }).total_hedge_cost,
    0,
  );
});

Deno.test("runScenario() of one day is that day", () => {
  const result = run({ days: [days[0]!] });
  assert.equal(result.template_results[0]!.daily_path.length, 1);
  assertClose(result.end_value_hedged_net, 210_000, "worth what it was bought for");
});
