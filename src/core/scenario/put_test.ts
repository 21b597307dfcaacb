import fc from "fast-check";
import assert from "node:assert/strict";
import { exponential } from "../numbers/mod.ts";
import { putPrice, type PutTerms } from "./put.ts";

function put(
  [spot, strike, years, riskFreeRate, dividendYield, volatility]: readonly [
    number,
    number,
    number,
    number,
    number,
    number,
  ],
): number {
  return putPrice({ spot, strike, years, riskFreeRate, dividendYield, volatility });
}

Deno.test("S002-28 putPrice() gives the published and the independently computed prices", () => {
  const known = [
    [[100, 100, 1, 0.05, 0, 0.2], 5.57352602225697],
    [[100, 80, 0.25, 0, 0.02, 0.35], 0.793491853270767],
    // Hull, Options, Futures and Other Derivatives: European put of 42 at 40
    [[42, 40, 0.5, 0.1, 0, 0.2], 0.808599372900096],
    [[100, 110, 1, 0.05, 0, 0], 4.635236695078547],
    [[100, 100, 0, 0.05, 0, 0.2], 0],
  ] as const;
  for (const [terms, expected] of known) {
    assert.ok(Math.abs(put(terms) - expected) <= 1e-12 * Math.max(expected, 1), `${terms}: ${put(terms)}`);
  }
});

Deno.test("putPrice() of an expired put is what it pays", () => {
  assert.equal(put([90, 100, 0, 0.05, 0.1, 0.2]), 10);
  assert.equal(put([90, 100, -3, 0.05, 0.1, 0.2]), 10);
  assert.equal(put([110, 100, -1, 0.05, 0.1, 0.2]), 0);
});

/** What a put pays, weighed with the density of the price at expiry; Simpson's rule over twelve deviations. */
function integrated({ spot, strike, years, riskFreeRate, dividendYield, volatility }: PutTerms): number {
  const deviation = volatility * Math.sqrt(years);
  const center = Math.log(spot) + (riskFreeRate - dividendYield - volatility ** 2 / 2) * years;
  // the payoff ends at the strike: integrate up to there, so that what is integrated is smooth
  const to = Math.min((Math.log(strike) - center) / deviation, 12);
  const from = -12;
  if (to <= from) return 0;
  const steps = 4000;
  const width = (to - from) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const z = from + i * width;
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * (strike - Math.exp(center + deviation * z)) * Math.exp(-z * z / 2);
  }
  return Math.exp(-riskFreeRate * years) * sum * width / 3 / Math.sqrt(2 * Math.PI);
}

const terms: fc.Arbitrary<PutTerms> = fc.record({
  spot: fc.double({ min: 0.01, max: 10_000, noNaN: true }),
  strike: fc.double({ min: 0.4, max: 2, noNaN: true }),
  years: fc.double({ min: 1 / 365, max: 10, noNaN: true }),
  riskFreeRate: fc.double({ min: -0.1, max: 0.2, noNaN: true }),
  dividendYield: fc.double({ min: -0.1, max: 0.2, noNaN: true }),
  volatility: fc.double({ min: 0.02, max: 2, noNaN: true }),
}).map(({ strike, ...rest }) => ({ ...rest, strike: strike * rest.spot }));

Deno.test("putPrice() is its payoff integrated over the price at expiry", () => {
  fc.assert(fc.property(terms, (terms) => {
    const [price, expected] = [putPrice(terms), integrated(terms)];
    assert.ok(
      Math.abs(price - expected) <= 1e-9 * Math.max(terms.spot, terms.strike),
      `${price} ${expected}`,
    );
  }));
});

/** A call is the put of the other direction: spot and strike, rate and yield change places. */
function callPrice({ spot, strike, riskFreeRate, dividendYield, ...rest }: PutTerms): number {
  return putPrice({
    ...rest,
    spot: strike,
    strike: spot,
    riskFreeRate: dividendYield,
    dividendYield: riskFreeRate,
  });
}

Deno.test("putPrice() holds put-call parity", () => {
  fc.assert(fc.property(terms, (terms) => {
    const { spot, strike, years, riskFreeRate, dividendYield } = terms;
    const [forward, cash] = [
      spot * Math.exp(-dividendYield * years),
      strike * Math.exp(-riskFreeRate * years),
    ];
    const difference = callPrice(terms) - putPrice(terms);
    assert.ok(Math.abs(difference - (forward - cash)) <= 1e-13 * (forward + cash), `${difference}`);
  }));
});

Deno.test("putPrice() rises with strike and volatility, falls with the spot, and lies between its bounds", () => {
  const more = fc.double({ min: 1, max: 3, noNaN: true });
  fc.assert(fc.property(terms, more, (terms, factor) => {
    const price = putPrice(terms);
    const rounding = 1e-14 * (terms.spot + terms.strike) * Math.exp(3);
    const atLeast = (other: Partial<PutTerms>) =>
      assert.ok(putPrice({ ...terms, ...other }) >= price - rounding, JSON.stringify(other));
    atLeast({ strike: terms.strike * factor });
    atLeast({ volatility: terms.volatility * factor });
    atLeast({ spot: terms.spot / factor });
    const cash = terms.strike * Math.exp(-terms.riskFreeRate * terms.years);
    const least = cash - terms.spot * Math.exp(-terms.dividendYield * terms.years);
    assert.ok(price >= 0 && price >= least - rounding && price <= cash + rounding, `${price}`);
  }));
});

Deno.test("putPrice() far in the money is never below what the forward price leaves of the strike, not by a rounding", () => {
  const calm = fc.record({
    strike: fc.double({ min: 1.1, max: 2, noNaN: true }),
    volatility: fc.double({ min: 0.01, max: 0.1, noNaN: true }),
    years: fc.double({ min: 0.1, max: 2, noNaN: true }),
    riskFreeRate: fc.double({ min: 0, max: 0.04, noNaN: true }),
  });
  fc.assert(
    fc.property(calm, (calm) => {
      const terms = { ...calm, spot: 1, dividendYield: 0.03 };
      const least = terms.strike * exponential(-terms.riskFreeRate * terms.years) -
        exponential(-terms.dividendYield * terms.years);
      assert.ok(putPrice(terms) >= least);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("putPrice() without interest rises with time", () => {
  fc.assert(fc.property(terms, fc.double({ min: 1, max: 3, noNaN: true }), (terms, factor) => {
    const free = { ...terms, riskFreeRate: 0, dividendYield: 0 };
    const longer = putPrice({ ...free, years: free.years * factor });
    assert.ok(longer >= putPrice(free) - 1e-14 * (terms.spot + terms.strike));
  }));
});

Deno.test("putPrice() with next to no volatility is what the forward price leaves of the strike, never less", () => {
  for (const volatility of [0, 1e-300, 1e-17, 1e-12]) {
    assert.equal(put([100, 90, 1, 0.05, 0, volatility]), 0);
    assert.equal(put([100, 110, 1, 0.05, 0, volatility]), 110 * 0.9512294245007140 - 100);
  }
  assert.ok(put([100, 100, 1, 0, 0, 1e-16]) >= 0);
});
