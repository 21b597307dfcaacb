/** What is made of a request before it is sent. */
export type Change = (request: Record<string, unknown>) => unknown;

/** What a sweep over a file must say and give. */
export interface Expected {
  /** Request of the folder; `r1h` unless given. */
  readonly request?: string;
  readonly change?: Change;
  readonly flags?: readonly string[];
  /** Beside those that the request asks for more than the data and that shorts pay nothing; none unless given. */
  readonly warnings?: readonly RegExp[];
  /** Members of the answer's `data`. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** File with the same candles, plainly written: the ranked variants must be the same. */
  readonly like?: string;
  /** The one line on stderr of a sweep that is refused. */
  readonly refused?: RegExp;
}

function range(start: string, end: string): Change {
  return (request) => ({ ...request, time_range: { start, end } });
}

function badRow(line: number, fault: string): RegExp {
  return new RegExp(
    `^bad_rows_skipped: 1 of 200 rows cannot be candles and are left out, the first line ${line} ` +
      `2025-01-05T04:00:00Z: ${fault}$`,
  );
}

function refusedValue(text: string, help = ""): RegExp {
  const escaped = text.replace(/[$.*+?^()|[\]{}\\/]/g, "\\$&");
  return new RegExp(`" line 102: close must be a number, got "${escaped}"${help}(;|\\n)`);
}

// what a missing close leaves
const lostBar = /^bars_lost: 1 bar is missing /;
const missing = (text: string) => `; --missing ${text} reads it as a missing value`;

/** Files of tests/data/candle-quality, and what a sweep over each must say. */
export const sweeps: readonly (readonly [string, Expected])[] = [
  ["daily", { request: "r1d" }],
  ["tiny", {}],
  ["tinier", {}],
  ["big1e6", {}],
  ["h8", { request: "r1d" }],
  ["vol0", {}],
  ["offset_plus0530", { like: "trailing_junk" }],
  ["ny_dst", { request: "r1d" }],
  ["zone_name", { like: "trailing_junk" }],
  ["val_close_spaces", {}],
  ["val_close_plus", { like: "val_close_spaces" }],
  ["trailing_junk", {}],
  ["pre1970", { request: "r1d", change: range("1960-01-01T00:00:00Z", "1960-01-10T00:00:00Z") }],
  ["trailing_junk", { request: "date_only" }],
  ["naive", { warnings: [/^naive_times: .* read as UTC; --time-zone says/], like: "trailing_junk" }],
  ["naive", { flags: ["--time-zone", "UTC"], like: "trailing_junk" }],
  [
    "naive",
    {
      flags: ["--time-zone", "Europe/Berlin"],
      change: range("2024-12-31T00:00:00Z", "2025-02-01T00:00:00Z"),
    },
  ],
  ["descending", { warnings: [/^descending_rows: .* in order of time$/], like: "trailing_junk" }],
  ["trailing_comma", { warnings: [/^empty_column: /], like: "trailing_junk" }],
  [
    "close_stamped_59s",
    {
      warnings: [/^stamps_look_like_closes: .*--stamp close/, /^rows_off_grid: 600 candles/],
      data: { bars: 10 },
    },
  ],
  ["close_stamped_59s", { flags: ["--stamp", "close"], data: { bars: 10 } }],
  ["sec1_true_1m", { request: "r5m" }],
  ["min3d", { data: { bars: 72 } }],
  ["la2h", { request: "la4h", like: "la4h" }],
  ["trailing_junk", { request: "one_bar", data: { bars: 1 } }],
  ["trailing_junk", { request: "e_2030" }],
  ["trailing_junk", { request: "part_after" }],
  ["trailing_junk", { request: "offset", data: { bars: 98 } }],
  ["gap", { data: { missing_bars: 30, gaps: { count: 1, longest: 30 } } }],
  ["min_partial", { data: { bars: 10, partial_last_bar: true } }],
  ["daily_odd_last", { request: "r1d", warnings: [/^rows_off_grid: 1 candle /] }],
  ["h_jitter", { warnings: [/^rows_off_grid: 29 candles/], data: { bars: 200 }, like: "trailing_junk" }],
  ["m30s", { warnings: [/^rows_off_grid: 600 candles/] }],
  ["m30s", { request: "r5m", warnings: [/^rows_off_grid: 600 candles/] }],
  [
    "min3d_one_high_missing",
    { request: "r1d", warnings: [/^incomplete_rows: 1 candle /], data: { bars: 3, missing_bars: 0 } },
  ],
  ["min3d_one_row_blank", { warnings: [/^incomplete_rows: 1 candle /], data: { bars: 72, missing_bars: 0 } }],
  [
    "val_close_empty",
    {
      flags: ["--calendar", "sessions"],
      warnings: [/^bars_lost: 1 bar is missing .* 2025-01-05T04:00:00Z$/],
      data: { bars: 199, missing_bars: 1 },
    },
  ],
  ["fx_hourly", { request: "r1d", flags: ["--calendar", "sessions"], data: { bars: 18 } }],
  [
    "fx_hourly",
    {
      request: "r1d",
      flags: ["--calendar", "sessions", "--day-start", "17:00 America/New_York"],
      data: { bars: 15 },
    },
  ],
  ["weekly", { request: "r1w", data: { bars: 200, first_bar: "2020-01-06T00:00:00Z", missing_bars: 0 } }],
  ["la2h", { request: "r2h", data: { bars: 47 } }],
  [
    "fx_hourly",
    {
      request: "r1d",
      change: withTimeframe("1w"),
      flags: ["--calendar", "sessions", "--day-start", "17:00 America/New_York"],
      data: { bars: 3, first_bar: "2025-01-05T22:00:00Z", missing_bars: 0 },
    },
  ],
  [
    "daily",
    { request: "r1d", change: withTimeframe("1M"), data: { bars: 53, last_bar: "2024-04-01T00:00:00Z" } },
  ],
  ["min3d", { change: withTimeframe("90m"), data: { bars: 48 } }],
  ["min3d", { change: withTimeframe("60m"), like: "min3d" }],
  ["la3h", { request: "la4h", refused: notInto("3h", "4h") }],
  ["m45", { refused: notInto("45m", "1h") }],
  ["h3", { request: "r4h", refused: notInto("3h", "4h") }],
  ["m3", { request: "r5m", refused: notInto("3m", "5m") }],
  ["h30", { request: "r4h", refused: shiftedFrom("1h", "2025-01-01T03:30:00Z") }],
  ["berlin_daily_midnight", { request: "r1d", refused: shiftedFrom("1d", "2024-09-30T22:00:00Z") }],
  ["ny_daily_midnight", { request: "r1d", refused: shiftedFrom("1d", "2024-10-01T04:00:00Z") }],
  ["h30", {
    request: "r4h",
    flags: ["--day-start", "00:30 UTC"],
    data: { first_bar: "2025-01-01T00:30:00Z" },
  }],
  ["berlin_daily_midnight", {
    request: "r1d",
    flags: ["--day-start", "00:00 Europe/Berlin"],
    data: { bars: 60 },
  }],
  ["ny_daily_midnight", {
    request: "r1d",
    flags: ["--day-start", "00:00 America/New_York"],
    data: { bars: 60 },
  }],
  ["vol_missing", { like: "trailing_junk" }],
  [
    "vol_missing",
    {
      change: withIndicator("volume.obv"),
      refused: /^Cannot compute volume\.obv: the candles of market 1 symbol "X" have no volume/,
    },
  ],
  ["vol0", { change: withIndicator("volume.obv") }],
  ["high_lt_close", { warnings: [badRow(102, "high 1 lies below low 100.37")] }],
  ["all_zero_row", { warnings: [badRow(102, "open 0 is not above 0")] }],
  ["val_close_neg", { warnings: [badRow(102, "close -5 is not above 0")] }],
  ["val_close_huge_f32", { warnings: [badRow(102, "close 3e\\+38 lies above high 101.08")] }],
  ["spike", { warnings: [badRow(102, "close 999999 lies above high 101.08")] }],
  ["val_close_long", { warnings: [badRow(102, "close 100.12346 lies below low 100.37")] }],
  ["val_close_lead_dot", { warnings: [badRow(102, "close 0.5 lies below low 100.37")] }],
  ["val_close_trail_zero", { warnings: [badRow(102, "close 100 lies below low 100.37")] }],
  ["val_close_sci_small", { warnings: [badRow(102, "close 1e-9 lies below low 100.37")] }],
  [
    "negative_run",
    {
      warnings: [/^bad_rows_skipped: 10 of 200 rows .* first line 102 2025-01-05T04:00:00Z: low -40 is not/],
    },
  ],
  [
    "spike",
    {
      flags: ["--bad-rows", "refuse"],
      refused:
        /^Cannot use candles "spike\.csv" line 102: at 2025-01-05T04:00:00Z close 999999 .*--bad-rows skip/,
    },
  ],
  [
    "mixed_ms_us",
    {
      refused:
        /^Cannot read candles "mixed_ms_us\.csv" line 106: ts_open 1735689600000000 is in microseconds, .*: mixed units\n$/,
    },
  ],
  [
    "pre1970_ms",
    {
      request: "r1d",
      refused: /" line 2: the unit of ts_open -432000000 cannot be told: .*"-86400000".*--time-unit/,
    },
  ],
  [
    "pre1970_ms",
    {
      request: "r1d",
      flags: ["--time-unit", "ms"],
      change: range("1969-12-27T00:00:00Z", "1970-01-10T00:00:00Z"),
    },
  ],
  ["leap_bad", {
    refused: /" line 3: ts_open names the day 2023-02-29, which does not exist, got "2023-02-29T/,
  }],
  ["val_close_NA", { refused: refusedValue("N/A", missing("N/A")) }],
  ["val_close_None", { refused: refusedValue("None", missing("None")) }],
  ["val_close_dash", { refused: refusedValue("-", missing("-")) }],
  ["val_close_nan_text", { refused: refusedValue("NaN", missing("NaN")) }],
  ["val_close_currency", { refused: refusedValue("$100", "; write it without the currency") }],
  ["val_close_underscore", {
    refused: refusedValue("1_000", "; write it without separators between digits"),
  }],
  ["val_close_percent", { refused: refusedValue("1%", "; write it without the percent sign") }],
  ["val_close_NA", { flags: ["--missing", "N/A"], warnings: [lostBar], like: "val_close_empty" }],
  ["val_close_None", { flags: ["--missing", "None,null"], warnings: [lostBar], like: "val_close_empty" }],
  ["val_close_dash", { flags: ["--missing", "-"], warnings: [lostBar], like: "val_close_empty" }],
  ["val_close_nan_text", {
    flags: ["--missing", "NA", "--missing", "NaN"],
    warnings: [lostBar],
    like: "val_close_empty",
  }],
  ["html", { refused: /"html\.csv" line 1: it is a web page, / }],
  ["empty", { refused: /^Cannot read candles "empty\.csv": it is empty\n$/ }],
  ["header_only", { refused: /^Cannot read candles "header_only\.csv": it has a header and no rows\n$/ }],
  ["one_row", { refused: /spacing of its candles cannot be told .*--candle-timeframe/ }],
  [
    "one_row",
    {
      flags: ["--candle-timeframe", "1h"],
      change: range("2025-01-01T00:00:00Z", "2025-01-01T02:00:00Z"),
    },
  ],
  [
    "trailing_junk",
    {
      request: "outside_before",
      refused:
        /no market data for requested range .*; its candles cover 2025-01-01T00:00:00Z to 2025-01-09T08:00:00Z/,
    },
  ],
  [
    "trailing_junk",
    {
      request: "just_after",
      refused:
        /no market data for requested range .*; its candles cover 2025-01-01T00:00:00Z to 2025-01-09T08:00:00Z/,
    },
  ],
];

function notInto(stored: string, bar: string): RegExp {
  return new RegExp(
    `^Cannot build ${bar} bars from ${stored} candles: .* every ${stored} from .* bars every ${bar} from`,
  );
}

function shiftedFrom(stored: string, first: string): RegExp {
  return new RegExp(
    `candles every ${stored} from ${first}, asked for are bars every .* from 00:00 UTC, .*day_start`,
  );
}

function withTimeframe(timeframe: string): Change {
  return (request) => ({ ...request, template: { ...request.template as object, timeframe } });
}

function withIndicator(id: string): Change {
  return (request) => {
    const template = request.template as Record<string, unknown>;
    return { ...request, template: { ...template, indicator_grids: [{ indicator_id: id, params: {} }] } };
  };
}
