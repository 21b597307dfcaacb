import assert from "node:assert/strict";
import { compileRules } from "../../core/rules/mod.ts";
import { ruleHelp } from "./rule_help.ts";

function helpOf(enter: string): string | null {
  const params = { n: { mode: "explicit" as const, values: [10] } };
  const { faults: [fault] } = compileRules({ params, long: { enter } }, { timeframe: "1d" });
  assert.ok(fault !== undefined, `${enter} has no fault`);
  return ruleHelp(fault, enter);
}

const helps: Readonly<Record<string, string | null>> = {
  "ta.crossover(close, open)": "crosses_above(x, y)",
  "ta.sma(close, 20) > open": "functions have no prefix: sma(...)",
  "crossover(close, open)": "crosses_above(x, y)",
  "close > close[1]": "close[1] is prev(close, 1)",
  "close.shift(1) < close": "x of n bars ago is prev(x, n)",
  "sma(20) > close": "sma(source, window = 20)",
  "prev(close) < close": "prev(x, n)",
  "stoch(14) > close and between_times(5, 6)": 'between_times(start, end, zone = "UTC")',
  "close > open AND close > 5": "small letters: and",
  "SMA(close, 20) > close": "small letters: sma",
  "close = open": "two values are compared with ==, <= or >=, and names are given in define",
  "close > 1,000": "numbers have no commas: 1000",
  "close > open * 5%": "there is no percent sign: 5 % of x is x * 0.05",
  "if close > open": "there is no if: a and b or not a and c",
  "hour >= 9:30": 'times are texts: between_times("09:30", "16:00")',
  "close <> open": "!=",
  "close > open & close > 5": "and, or &&",
  "close > “5”": "quotes are \" or '",
  "close": "a condition compares or crosses: close > open, rsi(close, 14) < 30",
  'on_timeframe("1D", close) > 5': 'timeframes of weeks and months are "1w" and "1M", of days "1d"',
  "entry_price * 1.1 < close":
    "rules see no position: stops and targets are the risk_grid's, an end after n bars is bars_since(...) >= n of " +
    "what was entered on",
  "sentiment > 0":
    'names of your own stand in params (numbers) or define (texts); a column of the candles is col("name")',
  "emaa(close, 5) > 1": null,
  "(close > open": null,
  "0 < close < 30": null,
  "macd(close).histo > 0": null,
};

for (const [enter, help] of Object.entries(helps)) {
  Deno.test(`ruleHelp() of ${enter} ${help === null ? "has nothing to add" : `is ${help}`}`, () => {
    assert.equal(helpOf(enter), help);
  });
}

Deno.test("ruleHelp() has nothing of a fault without a place", () => {
  assert.equal(ruleHelp({ path: "define.x", position: null, message: "used by no rule" }, "close"), null);
});
