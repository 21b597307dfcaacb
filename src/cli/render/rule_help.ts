import {
  argumentsOf,
  clocks,
  type FunctionName,
  functions,
  indicatorCalls,
  prices,
  type RuleFault,
} from "../../core/rules/mod.ts";

const noPosition = "rules see no position: stops and targets are the risk_grid's, an end after n bars is " +
  "bars_since(...) >= n of what was entered on";

const ofPositions = [
  "entry",
  "entry_price",
  "position",
  "position_size",
  "sl",
  "stop_loss",
  "take_profit",
  "tp",
];

/** What words of other programs are here, by their last part in small letters. */
const foreign: Readonly<Record<string, string>> = {
  ...Object.fromEntries(ofPositions.map((name) => [name, noPosition])),
  average: "an average is sma(close, 20)",
  barssince: "bars_since(condition)",
  bb: "Bollinger bands are bbands(close, 20, 2), with basis, .upper and .lower",
  bollinger: "Bollinger bands are bbands(close, 20, 2), with basis, .upper and .lower",
  bollinger_bands: "Bollinger bands are bbands(close, 20, 2), with basis, .upper and .lower",
  cross: "crosses(x, y)",
  crossed_above: "crosses_above(x, y)",
  crossed_below: "crosses_below(x, y)",
  crossover: "crosses_above(x, y)",
  crossunder: "crosses_below(x, y)",
  date: "parts of the bar's time are year, month, day, weekday, hour and minute",
  dayofmonth: "the day of the month is day",
  dayofweek: "weekday, 1 on Mondays",
  delay: "x of n bars ago is prev(x, n)",
  dmi: "adx(14, 14), with .plus_di and .minus_di",
  hhv: "highest(high, 20)",
  if: "there is no if: a and b or not a and c",
  iff: "there is no if: a and b or not a and c",
  isna: "not known(x)",
  isnan: "not known(x)",
  is_nan: "not known(x)",
  kc: "a Keltner channel is keltner(20, 2), with middle, .upper and .lower",
  lag: "x of n bars ago is prev(x, n)",
  llv: "lowest(low, 20)",
  ma: "an average is sma(close, 20)",
  mean: "an average is sma(close, 20)",
  na: "not known(x)",
  never: '"false" is never true',
  nz: "nothing stands in for an unknown value: known(x) and x > 0",
  pow: "x * x",
  price: "prices are open, high, low, close, hl2, hlc3 and ohlc4",
  ref: "x of n bars ago is prev(x, n)",
  rolling: "highest(x, n), lowest(x, n), sum(x, n) or sma(x, n)",
  sar: "psar(0.02, 0.02, 0.2)",
  security: 'on_timeframe("1d", x)',
  session: 'between_times("09:30", "16:00", "America/New_York")',
  shift: "x of n bars ago is prev(x, n)",
  std: "stddev(close, 20)",
  stdev: "stddev(close, 20)",
  stochastic: "stoch(14, 3, 3), with .d",
  time: 'between_times("09:30", "16:00", "America/New_York"), or hour and minute',
  valuewhen: "value_when(condition, x)",
  vol: "volume",
  yesterday: "x of n bars ago is prev(x, n)",
};

/** Signs that mean something elsewhere. */
const signs: Readonly<Record<string, string>> = {
  "[": "close[1] is prev(close, 1)",
  "=": "two values are compared with ==, <= or >=, and names are given in define",
  "%": "there is no percent sign: 5 % of x is x * 0.05",
  "?": "there is no if: a and b or not a and c",
  ":": 'times are texts: between_times("09:30", "16:00")',
  "&": "and, or &&",
  "|": "or, or ||",
  "^": "x * x",
  "*": "x * x",
  "≥": ">=",
  "≤": "<=",
  "≠": "!=",
  "“": "quotes are \" or '",
  "”": "quotes are \" or '",
  "‘": "quotes are \" or '",
  "#": "a remark stands outside of the text",
  "+": "a number has no + before it",
};

const words = ["and", "or", "not", "xor", "true", "false"];

/** A line that helps somebody who is new, beyond what the message says; null where there is none. */
export function ruleHelp({ message, position: at }: RuleFault, text: string): string | null {
  if (at === null) return null;
  const rest = Array.from(text).slice(at - 1).join("");
  const [word = ""] = /^[A-Za-z_][\w.]*/.exec(rest) ?? [];
  if (message.startsWith("unknown name")) {
    return nameHelp(word) ?? (message.includes("did you mean") ? null : ownNames);
  }
  const [, called = ""] = /^(\w+): (?:argument|takes)/.exec(message) ?? [];
  if (called !== "") return callHelp(called);
  if (message.startsWith("expected a condition")) {
    return "a condition compares or crosses: close > open, rsi(close, 14) < 30";
  }
  if (message.includes("is no timeframe")) {
    return 'timeframes of weeks and months are "1w" and "1M", of days "1d"';
  }
  if (/^(unexpected|expected)/.test(message)) {
    return signHelp(rest, { before: Array.from(text).slice(0, at - 1).join("") });
  }
  return null;
}

const ownNames =
  'names of your own stand in params (numbers) or define (texts); a column of the candles is col("name")';

/** For a word that nothing here is called by. */
function nameHelp(word: string): string | null {
  const lower = word.toLowerCase();
  if (lower !== word && isKnown(lower)) return `small letters: ${lower}`;
  return Object.hasOwn(foreign, lower) ? foreign[lower]! : null;
}

function isKnown(name: string): boolean {
  return words.includes(name) || Object.hasOwn(functions, name) || indicatorCalls.has(name) ||
    ([...prices, ...clocks] as readonly string[]).includes(name);
}

/** A call as it is written, with what may be left out. */
function callHelp(name: string): string | null {
  const args = Object.hasOwn(functions, name)
    ? argumentsOf(name as FunctionName)
    : indicatorCalls.get(name)?.args;
  if (args === undefined) return null;
  const written = args.map(({ name: argument, usual }) =>
    usual === undefined
      ? argument
      : `${argument} = ${typeof usual === "string" ? JSON.stringify(usual) : usual}`
  );
  return `${name}(${written.join(", ")})`;
}

/** For a sign or a word that cannot stand there. */
function signHelp(rest: string, { before }: { readonly before: string }): string | null {
  const [word = ""] = /^[A-Za-z_]\w*/.exec(rest) ?? [];
  if (word !== "") return nameHelp(word) ?? nameHelp(before.trimEnd().split(/\W/).at(-1)!);
  if (rest.startsWith("(")) {
    const [, called] = /\.(\w+)$/.exec(before) ?? [];
    if (called !== undefined) return nameHelp(called) ?? `functions have no prefix: ${called}(...)`;
  }
  if (rest.startsWith(",") && /\d$/.test(before)) return "numbers have no commas: 1000";
  if (rest.startsWith(">") && before.endsWith("<")) return "!=";
  return signs[rest.charAt(0)] ?? null;
}
