import type { Clock, FunctionName, Price } from "./vocabulary.ts";

/** What documents say of a function. */
export interface FunctionText {
  /** Its value at a bar. */
  readonly value: string;
  /** When it is unknown. */
  readonly unknown: string;
}

const ifArgument = "where an argument is";
const perWindow = "until n known values in a row";

/** Functions in words; a function without an entry does not compile. */
export const functionTexts: Readonly<Record<FunctionName, FunctionText>> = {
  abs: { value: "x without its sign", unknown: ifArgument },
  log: { value: "natural logarithm", unknown: "where x is not above 0, or unknown" },
  sqrt: { value: "square root", unknown: "where x is below 0, or unknown" },
  min: { value: "the lower one", unknown: "where one is" },
  max: { value: "the higher one", unknown: "where one is" },
  prev: {
    value: "x of n bars ago; n may be 0, and is never below it, which would be the future",
    unknown: "on the first n bars",
  },
  change: { value: "`x - prev(x, n)`", unknown: "as that is" },
  highest: { value: "highest of the last n bars, this one included", unknown: perWindow },
  lowest: { value: "lowest of the last n bars, this one included", unknown: perWindow },
  sum: { value: "sum of the last n bars, this one included", unknown: perWindow },
  bars_since: {
    value: "bars since c was last true; 0 where it is",
    unknown: "until c was true for the first time",
  },
  value_when: {
    value: "x on the last bar on which c was true, this one included",
    unknown: "until c was true, or where x was unknown then",
  },
  known: { value: "whether x is not unknown", unknown: "never" },
  crosses_above: {
    value: "`x > y and prev(x, 1) <= prev(y, 1)`; one of the two may be a number",
    unknown: "as that is",
  },
  crosses_below: {
    value: "`x < y and prev(x, 1) >= prev(y, 1)`; one of the two may be a number",
    unknown: "as that is",
  },
  crosses: { value: "either of them", unknown: "as that is" },
  for_bars: {
    value: "whether c is true on each of the last n bars",
    unknown: "where none is false, and one unknown or before the first",
  },
  within: {
    value: "whether c is true on one of the last n bars",
    unknown: "where none is true, and one unknown or before the first",
  },
  rising: {
    value: "whether each of the last n steps goes up, which takes n + 1 values",
    unknown: "as `for_bars` is",
  },
  falling: { value: "whether each of the last n steps goes down", unknown: "as `for_bars` is" },
  between_times: {
    value:
      "whether the bar opens at or after start and before end by the clocks of a zone, over midnight where start is later; " +
      'times are `"00:00"` to `"23:59"`, zones those of IANA, such as `"America/New_York"`',
    unknown: "never",
  },
  on_timeframe: {
    value:
      "x on the bars of any longer timeframe (`30m`, `3d`, `1w`, `1M`), of which a bar counts once it is over; `prev`, windows and clock inside mean those bars",
    unknown: "until the first of them is over",
  },
  col: {
    value: "a further numeric column of the candles, by its exact name",
    unknown: "where the row has no number",
  },
};

/** Prices in words. */
export const priceTexts: Readonly<Record<Price, string>> = {
  open: "first price of the bar",
  high: "highest price",
  low: "lowest price",
  close: "last price, at which is traded",
  volume: "volume; a source of candles without one refuses it",
  hl2: "`(high + low) / 2`",
  hlc3: "`(high + low + close) / 3`",
  ohlc4: "`(open + high + low + close) / 4`",
};

/** Clock series in words: all of the bar's open, UTC. */
export const clockTexts: Readonly<Record<Clock, string>> = {
  minute: "0 to 59",
  hour: "0 to 23",
  weekday: "1, Monday, to 7, Sunday",
  day: "1 to 31",
  month: "1 to 12",
  year: "with four digits",
};
