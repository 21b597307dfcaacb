import assert from "node:assert/strict";
import { rowsInRange } from "../adapters/candles/rows/rows_in_range.ts";
import { emptyCandles, type Market, parseDayStart, unknownMarket, wholeSeries } from "../core/bars/mod.ts";
import { dateOfDay } from "../core/scenario/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { ScenarioRequest } from "../request/scenario.ts";
import { loadDays } from "./load_days.ts";

const dayMs = 86_400_000;

const request: ScenarioRequest = {
  symbol: "GLD",
  market_id: 7,
  start_date: "2026-01-05",
  end_date: "2026-01-16",
  template_slug: "unhedged",
  compare_with: [],
  underlying_units: 1,
  loan_amount: 1,
  margin_call_ltv: 0.7,
  data_source: "candles",
  pricing: { volatility: 0.2, risk_free_rate: 0, dividend_yield: 0 },
  contract_size: 1,
  loan_rate_pct: 0,
  check: "close",
};

const realized = { ...request, pricing: { ...request.pricing, volatility: "realized" as const } };

interface Rows {
  /** Opens. */
  readonly times: readonly number[];
  /** Of each row; NaN for a row with nothing but a volume. */
  readonly close?: (row: number) => number;
  readonly timeframeMs?: number;
}

/** A source that holds these rows, closes counting up from 1; open, high and low are missing. */
function holding({ times, close = (row) => row + 1, timeframeMs = dayMs }: Rows): CandleSource {
  const candles = emptyCandles(times.length);
  times.forEach((timeMs, row) => {
    candles.tsOpenMs[row] = timeMs;
    candles.close[row] = close(row);
    candles.volume[row] = 1;
  });
  const series = wholeSeries({ candles, timeframeMs });
  return {
    load: (query) => Promise.resolve(rowsInRange({ series, label: "rows", badRows: "skip" }, query)),
  };
}

/** Midnights from a date on, as many days as that, weekends left out. */
function weekdays(from: string, count: number): readonly number[] {
  const first = Date.parse(`${from}T00:00:00Z`);
  return Array.from({ length: count }, (_, day) => first + day * dayMs)
    .filter((timeMs) => ![0, 6].includes(new Date(timeMs).getUTCDay()));
}

const every = (count: number, from: string, stepMs: number) =>
  Array.from({ length: count }, (_, i) => Date.parse(from) + i * stepMs);

function load(rows: Rows, { asked = request, market = unknownMarket }: {
  readonly asked?: ScenarioRequest;
  readonly market?: Market;
} = {}) {
  return loadDays(asked, { candles: holding(rows), marketOf: () => market });
}

async function datesOf(...given: Parameters<typeof load>): Promise<readonly string[]> {
  return (await load(...given)).days.map(({ day }) => dateOfDay(day));
}

Deno.test("loadDays() takes first and last day, and no day more", async () => {
  const { days, earlierCloses, warnings, daysPerYear } = await load({ times: weekdays("2025-12-01", 90) });
  assert.deepEqual(days.map(({ day }) => dateOfDay(day)), [
    ...["05", "06", "07", "08", "09", "12", "13", "14", "15", "16"].map((day) => `2026-01-${day}`),
  ]);
  assert.deepEqual([earlierCloses, warnings, daysPerYear], [[], [], 252]);
  assert.deepEqual(days[0], { day: Date.UTC(2026, 0, 5) / dayMs, open: 26, high: 26, low: 26, close: 26 });
});

Deno.test("loadDays() makes the same days of minutes, and leaves the minute after the last day alone", async () => {
  const hours = every(40 * 24, "2026-01-01T00:00:00Z", 3_600_000);
  const dates = await datesOf({ times: hours, timeframeMs: 3_600_000 });
  assert.deepEqual(dates, every(12, "2026-01-05", dayMs).map((ms) => dateOfDay(ms / dayMs)));
  const trade: Market = { ...unknownMarket, partialLastBar: "trade", calendar: "continuous" };
  const { days, warnings } = await load({ times: hours, timeframeMs: 3_600_000 }, { market: trade });
  assert.equal(days.length, 12);
  assert.deepEqual(warnings, []);
  // the last hour of the last day
  assert.equal(days.at(-1)!.close, 16 * 24);
});

Deno.test("loadDays() takes a day by the UTC date of its open where days start elsewhere", async () => {
  const market: Market = { ...unknownMarket, dayStart: parseDayStart("17:00 America/New_York", "x") };
  const hours = every(40 * 24, "2026-01-01T00:00:00Z", 3_600_000);
  const { days } = await load({ times: hours, timeframeMs: 3_600_000 }, { market });
  assert.deepEqual([days[0], days.at(-1)].map((day) => dateOfDay(day!.day)), ["2026-01-05", "2026-01-16"]);
  // it opens at 22:00 UTC, and its last hour is that of 21:00 a day later
  assert.equal(days[0]!.close, 5 * 24 + 22);
  assert.equal(days.length, 12);
});

Deno.test("loadDays() repeats a close in a market that never closes, and has no day in one with sessions", async () => {
  const times = weekdays("2025-12-01", 90);
  const continuous: Market = { ...unknownMarket, calendar: "continuous" };
  const { days, daysPerYear } = await load({ times }, { market: continuous });
  assert.deepEqual([days.length, daysPerYear], [12, 365]);
  assert.equal(days[5]!.close, days[4]!.close);
  assert.equal((await load({ times }, { market: { ...continuous, daysPerYear: 300 } })).daysPerYear, 300);
});

Deno.test("loadDays() has the closes of 60 days and more before a scenario with realised volatility, none of later ones", async () => {
  const { days, earlierCloses } = await load({ times: weekdays("2025-01-01", 500) }, { asked: realized });
  assert.equal(days.length, 10);
  assert.ok(earlierCloses.length >= 60, `${earlierCloses.length}`);
  assert.equal(earlierCloses.at(-1), days[0]!.close - 1);
  const short = await load({ times: weekdays("2025-12-29", 90) }, { asked: realized });
  assert.deepEqual(short.earlierCloses, [1, 2, 3, 4, 5]);
});

Deno.test("S002-18 loadDays() says from when there are data where they begin more than seven days after the first day", async () => {
  const early = {
    code: "market_data_unavailable",
    details: { market_id: 7, symbol: "GLD", available_from: "2026-01-13T00:00:00Z" },
  };
  await assert.rejects(load({ times: weekdays("2026-01-13", 30) }), early);
  // also where none of them lies in the range
  await assert.rejects(load({ times: weekdays("2026-02-02", 30) }), {
    ...early,
    details: { ...early.details, available_from: "2026-02-02T00:00:00Z" },
  });
  assert.equal((await datesOf({ times: weekdays("2026-01-12", 30) }))[0], "2026-01-12");
});

Deno.test("loadDays() without a day in the range says so, with what the source says as details", async () => {
  const message = "no daily candle of GLD from 2026-01-05 to 2026-01-16";
  await assert.rejects(load({ times: weekdays("2024-01-01", 30) }), (error: Error) => {
    assert.equal(error.message, message);
    assert.equal(
      (error as unknown as { details: Record<string, unknown> }).details.covers_start,
      "2024-01-01T00:00:00Z",
    );
    return true;
  });
  await assert.rejects(load({ times: [] }), { code: "no_candles", message });
  // rows of the warm-up alone
  assert.deepEqual(await datesOf({ times: weekdays("2025-12-01", 34) }, { asked: realized }), []);
  await assert.rejects(load({ times: every(20, "2026-01-05", dayMs), close: () => NaN }), {
    code: "no_candles",
  });
});

Deno.test("loadDays() warns of data that end before the range", async () => {
  const { days, warnings } = await load({ times: weekdays("2025-12-01", 36), close: () => 5 }, {
    asked: { ...request, end_date: "2026-03-31" },
  });
  assert.equal(days.length, 1);
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0]!,
    /^range_not_covered: the candles cover 2026-01-05T00:00:00Z to 2026-01-06T00:00:00Z of the requested 2026-01-05T00:00:00Z to 2026-04-01T00:00:00Z/,
  );
});

Deno.test("loadDays() passes on that candles are too long for days", async () => {
  await assert.rejects(load({ times: every(20, "2025-12-01", 7 * dayMs), timeframeMs: 7 * dayMs }), {
    code: "validation_error",
    message: /^Cannot build 1d bars from 1w candles/,
  });
});
