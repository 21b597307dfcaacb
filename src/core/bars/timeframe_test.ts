import assert from "node:assert/strict";
import fc from "fast-check";
import { nearestTimeframe } from "./nearest_timeframe.ts";
import { barLengthMs, isMadeOf, monthMs, timeframeOf } from "./timeframe.ts";

const hour = 3_600_000;
const day = 24 * hour;

Deno.test("barLengthMs() knows counts of s, m, h and d, one week and one month, and nothing else", () => {
  const lengths = { "1s": 1000, "30s": 30_000, "7m": 420_000, "36h": 36 * hour, "99999d": 99_999 * day };
  for (const [text, ms] of Object.entries({ ...lengths, "1w": 7 * day, "1M": monthMs })) {
    assert.equal(barLengthMs(text), ms, text);
  }
  for (
    const text of [
      "",
      "m",
      "0m",
      "01m",
      "1.5h",
      "1H",
      "2w",
      "2M",
      "100000m",
      "-1m",
      "1m\n",
      " 1m",
      "1ms",
      "1y",
    ]
  ) {
    assert.equal(barLengthMs(text), null, text);
  }
});

Deno.test("timeframeOf() gives each length one text, and leaves weeks and months", () => {
  const same = { "60s": "1m", "60m": "1h", "90m": "90m", "24h": "1d", "36h": "36h", "48h": "2d", "7d": "7d" };
  for (const [text, one] of Object.entries({ ...same, "1w": "1w", "1M": "1M", what: "what" })) {
    assert.equal(timeframeOf(text), one);
  }
  const text = fc.tuple(fc.integer({ min: 1, max: 99_999 }), fc.constantFrom("s", "m", "h", "d")).map((
    parts,
  ) => parts.join(""));
  fc.assert(fc.property(text, text, (a, b) => {
    assert.equal(barLengthMs(timeframeOf(a)), barLengthMs(a));
    assert.equal(timeframeOf(a) === timeframeOf(b), barLengthMs(a) === barLengthMs(b));
  }));
});

Deno.test("isMadeOf() takes candles that divide the bars, for months those that divide a day", () => {
  assert.ok(
    isMadeOf("1h", hour) && isMadeOf("90m", hour / 2) && isMadeOf("1w", day) && isMadeOf("1w", 7 * day),
  );
  assert.ok(!isMadeOf("90m", hour) && !isMadeOf("1w", 2 * day) && !isMadeOf("30s", 60_000));
  assert.ok(isMadeOf("1M", day) && isMadeOf("1M", 8 * hour) && isMadeOf("1M", monthMs));
  assert.ok(!isMadeOf("1M", 5 * hour) && !isMadeOf("1M", 7 * day) && !isMadeOf("1M", 30 * day));
  assert.ok(!isMadeOf("30d", monthMs));
});

Deno.test("nearestTimeframe() tells what a text probably means", () => {
  const meant = {
    "1H": "1h",
    "15min": "15m",
    "60": "1h",
    D: "1d",
    "1 day": "1d",
    daily: "1d",
    "1W": "1w",
    weekly: "1w",
    "2w": "14d",
    M: "1M",
    "3M": "90d",
    "1.5h": "90m",
    PT15M: "15m",
    "0m": "1m",
    "100000m": "99999m",
    "0.5s": "1s",
    foo: null,
    "": null,
    "1e3m": null,
  };
  for (const [text, nearest] of Object.entries(meant)) assert.equal(nearestTimeframe(text), nearest, text);
});
