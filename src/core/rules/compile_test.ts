import assert from "node:assert/strict";
import { canonicalRules, compileRules, rulesHash, type RulesSpec, ruleWarnings } from "./mod.ts";

/** Faults as `path: message`, in the order in which they are found. */
function faultsOf(spec: RulesSpec, timeframe = "1h"): readonly string[] {
  return compileRules(spec, { timeframe }).faults.map(({ path, message }) => `${path}: ${message}`);
}

function enterFault(enter: string, more: RulesSpec = {}): string {
  const faults = faultsOf({ ...more, long: { enter } });
  assert.equal(faults.length, 1, `${enter}: ${faults.join("; ")}`);
  return faults[0]!.replace(/^long\.enter: /, "");
}

function enterText(enter: string, more: RulesSpec = {}): string {
  const { rules, faults } = compileRules({ ...more, long: { enter } }, { timeframe: "1h" });
  assert.deepEqual(faults, [], enter);
  return canonicalRules(rules!).long!.enter;
}

const list = (...values: (number | string)[]) => ({ mode: "explicit" as const, values });

Deno.test("compileRules() says what was found where the grammar wants something else", () => {
  const said: Readonly<Record<string, string>> = {
    "": "expected a value, found the end at 1",
    "close > $5": 'unexpected "$" at 9',
    "close = 5": 'unexpected "=" at 7',
    "close > 'a": 'unexpected "\'" at 9',
    'col("a\\n") > 1': 'unexpected "\\\\" at 7',
    "(a b) > 1": 'expected ")", found "b" at 4',
    "f(a b": 'expected ")", found "b" at 5',
    "max(close,) > 1": 'expected a value, found ")" at 11',
    "close > open open": 'expected an operator or the end, found "open" at 14',
    "macd(close). > 1": 'expected the name of an output, found ">" at 14',
    "close.": "expected the name of an output, found the end at 7",
    "5. > close": 'expected the name of an output, found ">" at 4',
    "and close > 1": 'expected a value, found "and" at 1',
    "close > not open": 'expected a value, found "not" at 9',
    "close > 1e999": "no finite number at 9",
    "close < open <= high": 'comparisons do not chain at 14: write "a < b and b < c"',
    "not close < open == high": 'comparisons do not chain at 18: write "a < b and b < c"',
    "\u{1F600} > 1": 'unexpected "\u{1F600}" at 1',
    'col("\u{1F600}") > $': 'unexpected "$" at 12',
  };
  for (const [text, message] of Object.entries(said)) assert.equal(enterFault(text), message, text);
});

Deno.test("compileRules() counts parentheses, calls, not and unary minus as levels", () => {
  const nested = (levels: number, open: string) => `${open.repeat(levels)}close${")".repeat(levels)} > 1`;
  for (const open of ["(", "abs("]) {
    assert.deepEqual(faultsOf({ long: { enter: nested(64, open) } }), []);
    const at = 64 * open.length + 1;
    assert.equal(enterFault(nested(65, open)), `nested deeper than 64 levels at ${at}`);
  }
  assert.deepEqual(faultsOf({ long: { enter: `${"not ".repeat(64)}true` } }), []);
  assert.equal(enterFault(`${"!".repeat(65)}true`), "nested deeper than 64 levels at 65");
  assert.equal(enterFault(`${"-".repeat(65)}close > 1`), "nested deeper than 64 levels at 65");
});

Deno.test("compileRules() names what a name is, and the nearest one", () => {
  const params = { fast: list(5), p: list("close") };
  const said: Readonly<Record<string, string>> = {
    "crosses(close, fsat)": 'unknown name "fsat" at 16: did you mean "fast"?',
    "Close > 1": 'unknown name "Close" at 1: did you mean "close"?',
    "emaa(close, 5) > 1": 'unknown name "emaa" at 1: did you mean "ema"?',
    "quite_unknown > 1": 'unknown name "quite_unknown" at 1',
    "close > rsi": 'rsi is a function at 9: write "rsi(...)"',
    "fast(2) > close": "fast is no function at 1",
    "p(2) > close": "p is no function at 1",
    "hour(2) > close": "hour is no function at 1",
    "ichimoku() > close": 'ichimoku reads the future at 1: use "ichimoku_causal"',
    "(close + 1).high > 1": "only an indicator has outputs at 13",
    "prev(close, 1).x > 1": "only an indicator has outputs at 16",
    "macd(close).signal.signal > 1": "only an indicator has outputs at 20",
    "rsi(close).value > 1": 'rsi has no output "value" at 12: rsi',
  };
  for (const [text, message] of Object.entries(said)) {
    assert.equal(enterFault(text, { params }), message, text);
  }
});

Deno.test("compileRules() types every argument", () => {
  const params = { n: list(3) };
  const said: Readonly<Record<string, string>> = {
    "close": "expected a condition, found a series at 1",
    "n": "expected a condition, found a number at 1",
    "close > 1 and open": "expected a condition, found a series at 15",
    "not close": "expected a condition, found a series at 5",
    "1 + (close > 1) > 2": "expected a series or a number, found a condition at 6",
    "-(close > 1) > 2": "expected a series or a number, found a condition at 3",
    "tr(1) > 1": "tr: takes no arguments, found 1 at 1",
    "log(close, 1) > 1": "log: takes 1 argument, found 2 at 1",
    "prev(close) > 1": "prev: takes 2 arguments, found 1 at 1",
    "macd() > 1": "macd: takes 1 to 4 arguments, found 0 at 1",
    'between_times("09:30")': "between_times: takes 2 to 3 arguments, found 1 at 1",
    "prev(3, 1) > 1": "prev: argument 1 (x) takes a series or a condition, found a number at 6",
    "for_bars(close, 2)": "for_bars: argument 1 (c) takes a condition, found a series at 10",
    "abs(close > 1) > 1": "abs: argument 1 (x) takes a series or a number, found a condition at 5",
    "value_when(close, open) > 1": "value_when: argument 1 (c) takes a condition, found a series at 12",
    "sum(close, open) > 1": "sum: argument 2 (n) takes a number, found a series at 12",
    "on_timeframe(4, close) > 1": "on_timeframe: argument 1 (timeframe) takes a text at 14",
    'ema("close", 5) > 1': "a text may only stand where a function takes one at 5",
    "crosses(n, 5)": "crosses: one of its arguments must be a series at 1",
  };
  for (const [text, message] of Object.entries(said)) {
    assert.equal(enterFault(text, { params }), message, text);
  }
});

Deno.test("compileRules() checks texts of times, zones and timeframes", () => {
  const said: Readonly<Record<string, string>> = {
    'between_times("24:00", "01:00")': '"24:00" is no time of day at 15: "00:00" to "23:59"',
    'between_times("09:00", "09:00")': "between_times: start and end are the same at 24",
    'between_times("09:00", "10:00", "+02:00")': '"+02:00" is no time zone at 33',
    'on_timeframe("1h", close) > 1': '"1h" is not longer than the timeframe 1h at 14',
    'on_timeframe("60m", close) > 1': '"60m" is not longer than the timeframe 1h at 14',
    'on_timeframe("2w", close) > 1':
      '"2w" is no timeframe at 14: 1m, 5m, 15m, 1h, 4h, 1d and others of the form 30m, 2h, 3d, 1w, 1M',
  };
  for (const [text, message] of Object.entries(said)) assert.equal(enterFault(text), message, text);
  for (const timeframe of ["90m", "2h", "3d", "1w", "1M"]) {
    assert.deepEqual(faultsOf({ long: { enter: `on_timeframe("${timeframe}", close) > 1` } }), []);
  }
  const define = { daily: 'on_timeframe("1d", close)' };
  const twice = enterFault('on_timeframe("4h", close > daily)', { define });
  assert.equal(twice, "on_timeframe inside on_timeframe at 28");
});

Deno.test("compileRules() looks at windows and numbers for the kept combinations, each once", () => {
  const params = { a: list(1, 3), b: list(2, 0) };
  assert.deepEqual(faultsOf({ params, where: ["a > 1"], long: { enter: "close > ema(close, a)" } }), []);
  assert.deepEqual(faultsOf({ params, long: { enter: "close > ema(close, a) + sma(open, a) / b" } }), [
    "long.enter: ema: argument 2 (window) takes an integer from 2 to 2000, found 1 with a = 1 at 20",
    "long.enter: sma: argument 2 (window) takes an integer from 2 to 2000, found 1 with a = 1 at 35",
  ]);
  assert.equal(enterFault("close > a / b", { params }), "no finite number with a = 1, b = 0 at 9");
  assert.equal(
    enterFault("close > ema(close, a / b)", { params, where: ["a == 3"] }).slice(0, 88),
    "ema: argument 2 (window) takes an integer from 2 to 2000, found 1.5 with a = 3, b = 2 at",
  );
  assert.equal(
    enterFault("prev(close, -1) > open"),
    "prev: argument 2 (n) takes an integer from 0 to 100000, found -1 at 13",
  );
  assert.equal(
    enterFault("sum(close, 0) > open"),
    "sum: argument 2 (n) takes an integer from 1 to 100000, found 0 at 12",
  );
  assert.deepEqual(faultsOf({ long: { enter: "prev(close, 0) > change(close, 100000)" } }), []);
});

Deno.test("compileRules() puts the fault of a number on the definition that has it", () => {
  const params = { n: list(4, 0) };
  const spec = { params, define: { share: "1 / n" }, long: { enter: "close > -share or open > 2 * share" } };
  assert.deepEqual(faultsOf(spec), ["define.share: no finite number with n = 0 at 1"]);
});

Deno.test("compileRules() reports the first fault of every text, and those of names", () => {
  const spec: RulesSpec = {
    params: { x: list(1), "9": list(1), and: list(1), odd: list("vwap"), none: list(), twice: list(1, 1) },
    where: ["x >", "x > closee"],
    define: { a: "b", b: "a + 1", c: "a > 1", Big: "1" },
    long: { enter: "a > odd", exit: "clos > 1" },
    short: { enter: "c" },
  };
  assert.deepEqual([...faultsOf(spec)].sort(), [
    'define.Big: "Big" is no definition name: [a-z][a-z0-9_]{0,31}',
    "define.a: used in its own definition",
    "define.b: used in its own definition",
    'long.exit: unknown name "clos" at 1: did you mean "close"?',
    'params.9: "9" is no parameter name: [a-z][a-z0-9_]{0,31}',
    'params.and: "and" has a meaning of its own',
    "params.none: a parameter needs at least one value",
    'params.odd: "vwap" is no price: open, high, low, close, volume, hl2, hlc3, ohlc4',
    "params.twice: values are different, found 1 twice",
    "where[0]: expected a value, found the end at 4",
    'where[1]: unknown name "closee" at 5',
  ]);
});

Deno.test("compileRules() bounds parameters, combinations, conditions and definitions", () => {
  const long = { enter: "close > 1" };
  const range = (stop: number) => ({ mode: "range" as const, start: 1, stop_incl: stop, step: 1 });
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`p${i}`, list(1)]));
  assert.deepEqual(faultsOf({ params: many, long }), ["params: at most 16 parameters, found 17"]);
  assert.deepEqual(faultsOf({ params: { a: range(4000), b: range(4000) }, long }), [
    "params: at most 10000000 combinations, found 16000000",
  ]);
  assert.deepEqual(faultsOf({ params: { a: range(1_000_001) }, long }), [
    "params.a: a range has at most 1000000 values",
  ]);
  assert.deepEqual(faultsOf({ where: Array(17).fill("true"), long }), [
    "where: at most 16 conditions, found 17",
  ]);
  const define = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`d${i}`, "close"]));
  assert.deepEqual(faultsOf({ define, long }), ["define: at most 500 definitions, found 501"]);
  const doubled = Object.fromEntries(
    Array.from({ length: 400 }, (_, i) => [`d${i}`, i === 0 ? "close" : `d${i - 1} + d${i - 1}`]),
  );
  const spec = { define: doubled, long: { enter: "d399 > 1" } };
  assert.deepEqual(faultsOf(spec), ["" + `: at most 500 nodes, found ${Number.MAX_SAFE_INTEGER}`]);
});

Deno.test("canonical texts keep the parentheses that the binding needs, and no others", () => {
  const texts: Readonly<Record<string, string>> = {
    "((close)) - (open - low) > (1)": "close - (open - low) > 1",
    "close - open - low > 1": "close - open - low > 1",
    "close - (open * low) > 1": "close - open * low > 1",
    "(close - open) * low / (high / 2) > 1": "(close - open) * low / (high / 2) > 1",
    "-(close + 1) > - 1": "-(close + 1) > -1",
    "-(close * 2) > -(-open)": "-(close * 2) > --open",
    "true and (false and true)": "true and (false and true)",
    "(true and false) and true": "true and false and true",
    "true or false xor true and false": "true or false xor true and false",
    "(true or false) xor true && !false": "(true or false) xor true and not false",
    "!(close > 1) || (not (true or false))": "not close > 1 or not (true or false)",
    "known(!true)": "known(not true)",
    "macd(close).macd > macd( close , 12 ).signal": "macd(close, 12, 26, 9) > macd(close, 12, 26, 9).signal",
    "sma(close).value > bbands(close, 20, .5).upper": "sma(close, 20) > bbands(close, 20, 0.5).upper",
    "close > 1.50 and open < 1e-7": "close > 1.5 and open < 1e-07",
    "volume > 1e15 or volume > 1e16": "volume > 1000000000000000 or volume > 1e+16",
    "col('a\"b') > col(\"it's\")": "col('a\"b') > col(\"it's\")",
    "between_times('00:00','06:30')": 'between_times("00:00", "06:30", "UTC")',
    "psar() > 1": "psar(0.02, 0.02, 0.2) > 1",
  };
  for (const [text, canonical] of Object.entries(texts)) {
    assert.equal(enterText(text), canonical, text);
    assert.equal(enterText(canonical), canonical, text);
  }
});

Deno.test("an output may be named of a definition that is a bare indicator", () => {
  const define = { m: "macd(close)" };
  assert.equal(
    enterText("m.signal > m", { define }),
    "macd(close, 12, 26, 9).signal > macd(close, 12, 26, 9)",
  );
  const named = { m: "macd(close).signal" };
  assert.equal(enterFault("m.histogram > 1", { define: named }), "only an indicator has outputs at 3");
});

Deno.test("equal subexpressions are one node, on other bars another", () => {
  const { rules } = compileRules({
    params: { n: list(5, 6) },
    long: {
      enter: 'ema(close, n) > ema( close,n) * 2 or on_timeframe("1d", ema(close, n)) > ema(close, n)',
    },
  }, { timeframe: "1h" });
  const averages = rules!.nodes.filter(({ text }) => text === "ema(close, n)");
  assert.deepEqual(averages.map(({ on, params }) => ({ on, params })), [
    { on: null, params: ["n"] },
    { on: "1d", params: ["n"] },
  ]);
});

Deno.test("compileRules() tells unused parameters and sides held for one bar", () => {
  const { rules } = compileRules({
    params: { used: list(5), spare: list(1, 2) },
    where: ["spare < used"],
    define: { cross: "crosses_above(close, ema(close, used))" },
    long: { enter: "close > 1 and cross" },
    short: { enter: "crosses_below(close, open)", exit: "false" },
  }, { timeframe: "1h" });
  assert.deepEqual(rules!.unused, ["spare"]);
  assert.deepEqual(rules!.heldOneBar, ["long"]);
  const [spare, held] = ruleWarnings(rules!);
  assert.match(spare!, /^rule_param_unused: no rule depends on spare;/);
  assert.match(held!, /^rule_held_one_bar: long .* exit: "false"/);
});

Deno.test("rulesHash() does not tell spellings apart, and tells an absent exit from one that is false", () => {
  const hash = (spec: RulesSpec) => rulesHash(canonicalRules(compileRules(spec, { timeframe: "1h" }).rules!));
  const plain = hash({ long: { enter: "close > ema(close, 20)" } });
  assert.equal(hash({ define: { line: "ema(close)" }, long: { enter: "(close>line)" } }), plain);
  assert.notEqual(hash({ long: { enter: "close > ema(close)", exit: "false" } }), plain);
  assert.notEqual(hash({ short: { enter: "close > ema(close)" } }), plain);
});

Deno.test("compileRules() takes what is just within each bound", () => {
  const long = { enter: "close > 1" };
  const range = (stop: number) => ({ mode: "range" as const, start: 1, stop_incl: stop, step: 1 });
  const params = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`p${i}`, list(1)]));
  assert.deepEqual(faultsOf({ params, where: Array(16).fill("true"), long }), []);
  assert.deepEqual(faultsOf({ params: { a: range(2500), b: range(4000) }, long }), []);
  assert.deepEqual(faultsOf({ params: { a: range(2500), b: range(4001) }, long }), [
    "params: at most 10000000 combinations, found 10002500",
  ]);
  assert.deepEqual(faultsOf({ params: { a: range(1_000_000) }, long }), []);
  const define = Object.fromEntries(
    Array.from({ length: 500 }, (_, i) => [`d${i}`, i === 0 ? "close" : `d${i - 1}`]),
  );
  assert.deepEqual(faultsOf({ define, long: { enter: "d499 > 1" } }), []);
  // so many names, one sign less between them, the comparison and its right side
  const nodes = (count: number): RulesSpec => ({
    long: { enter: `${Array(count).fill("open").join("+")}>low` },
  });
  const more = { short: { enter: "true" } };
  assert.deepEqual(faultsOf({ ...nodes(249), ...more }), []);
  assert.deepEqual(faultsOf({ ...nodes(249), short: { enter: "not true" } }), [
    ": at most 500 nodes, found 501",
  ]);
  assert.deepEqual(faultsOf(nodes(250)), [": at most 500 nodes, found 501"]);
});

Deno.test("compileRules() takes texts of 2000 characters, whatever they are made of, and says how long another is", () => {
  const padded = (length: number) => "close > 1".padEnd(length, " ");
  assert.deepEqual(faultsOf({ long: { enter: padded(2000) } }), []);
  assert.equal(enterFault(padded(2001)), "a text has at most 2000 characters, found 2001");
  assert.equal(enterFault(padded(9000)), "a text has at most 2000 characters, found 9000");
  const column = (length: number) => `col("${"\u{1F600}".repeat(length - 11)}") > 1`;
  assert.deepEqual(faultsOf({ long: { enter: column(2000) } }), []);
  assert.equal(enterFault(column(2001)), "a text has at most 2000 characters, found 2001");
});

Deno.test("compileRules() takes names of up to 32 characters and no longer ones", () => {
  const name = (length: number) => "p".padEnd(length, "_9");
  assert.deepEqual(faultsOf({ params: { [name(32)]: list(1) }, long: { enter: `close > ${name(32)}` } }), []);
  const refused = faultsOf({ params: { [name(33)]: list(1) }, long: { enter: "close > 1" } });
  assert.deepEqual(refused, [`params.${name(33)}: "${name(33)}" is no parameter name: [a-z][a-z0-9_]{0,31}`]);
});

Deno.test("compileRules() says what is wrong with a range", () => {
  const said = (start: number, stop_incl: number, step: number) => {
    const spec = {
      params: { a: { mode: "range" as const, start, stop_incl, step } },
      long: { enter: "close > 1" },
    };
    return faultsOf(spec)[0]?.replace(/^params\.a: /, "") ?? null;
  };
  assert.equal(said(1, 1, 1), null);
  assert.equal(said(-1, 1, 0.1), null);
  assert.equal(said(1, 2, 0), "a range has a step above 0, found 0");
  assert.equal(said(1, 2, -1), "a range has a step above 0, found -1");
  assert.equal(said(2, 1, 1), "a range has start <= stop_incl, found 2 > 1");
  assert.equal(said(NaN, 1, 1), "a range has finite numbers, found NaN");
  assert.equal(said(0, Infinity, 1), "a range has finite numbers, found Infinity");
  assert.equal(said(1, 1 + 1e-15, 1e-17), "a range has different values");
});

Deno.test("compileRules() takes every window from its least to its greatest, and no other", () => {
  const params = { n: list(5) };
  const windows = [["ema(close, N)", 2, 2000], ["prev(close, N)", 0, 100_000], [
    "sum(close, N)",
    1,
    100_000,
  ]] as const;
  for (const [call, least, most] of windows) {
    const fault = (n: number) =>
      faultsOf({ params, long: { enter: `${call.replace("N", String(n))} > close` } })[0];
    for (const n of [least, most]) assert.equal(fault(n), undefined, `${call} ${n}`);
    for (const n of [least - 1, most + 1, least + 0.5]) {
      const text = `takes an integer from ${least} to ${most}, found ${n} at`;
      assert.ok(fault(n)?.includes(text), `${call} ${n}: ${fault(n)}`);
    }
  }
});
