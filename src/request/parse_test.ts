import type { SentRequest } from "./body.ts";
import { parseRequest, parseRequestText } from "./parse.ts";
import { canonicalJson } from "../core/text/mod.ts";
import { gridRequestHash } from "./hashes.ts";
import { BacktestError, type ErrorItem } from "../core/errors/mod.ts";
import assert from "node:assert/strict";

const body = {
  time_range: { start: "2026-01-01T00:00:00Z", end: "2026-02-01T00:00:00Z" },
  template: {
    instrument_id: { market_id: 1, symbol: "BTCUSDT" },
    timeframe: "1h",
    indicator_grids: [{
      indicator_id: "ma.ema",
      params: { window: { mode: "explicit", values: [10, 20] } },
      source: { mode: "explicit", values: ["close"] },
    }],
    risk_grid: { sl_enabled: true, sl: { mode: "explicit", values: [1.5, 3] } },
  },
  top_k: 50,
};

type Json = Record<string, unknown>;

function templateOf(request: SentRequest) {
  return "template" in request ? request.template : assert.fail("no template");
}

function withTemplate(change: Json): Json {
  return { ...body, template: { ...body.template, ...change } };
}

function refusal(value: unknown): { message: string; errors: readonly ErrorItem[] } {
  try {
    parseRequest(value);
  } catch (error) {
    if (error instanceof BacktestError && error.code === "validation_error") {
      return { message: error.message, errors: error.details.errors as readonly ErrorItem[] };
    }
    throw error;
  }
  return assert.fail("nothing was refused");
}

function findings(value: unknown): string[] {
  return refusal(value).errors.map(({ path, code, message }) => `${path} ${code}: ${message}`);
}

Deno.test("parseRequest() fills in model defaults and leaves config defaults open", () => {
  assert.deepEqual(parseRequest(body), {
    time_range: body.time_range,
    template: {
      ...body.template,
      signal_grids: {},
      risk_grid: { ...body.template.risk_grid, tp_enabled: false },
    },
    top_k: 50,
  });
});

Deno.test("parseRequest() gives the body whose grid_request_hash is the known answer", () => {
  const request = parseRequest(body);
  const hash = "template" in request ? gridRequestHash(request) : assert.fail("no template");
  assert.equal(hash, "a97abaa8d95ed20afc3dbe87813c70cf02f81bcfa232ebdad2fc913c098567f4");
});

Deno.test("S000-40 parseRequest() gives one body for one request, however it is written", () => {
  const { indicator_grids: _, ...rest } = body.template;
  const written = {
    top_k: 50,
    warmup_bars: null,
    overrides: null,
    template: {
      execution: null,
      indicator_grids: [
        { source: { values: ["close"] }, params: { window: { values: [10, 20] } }, indicator_id: "ma.ema" },
      ],
      ...rest,
      risk_grid: { sl: body.template.risk_grid.sl, tp: null, tp_enabled: false, sl_enabled: true },
      instrument_id: { symbol: " btcusdt ", market_id: 1 },
    },
    time_range: { end: "2026-02-01T02:00:00.0004+02:00", start: "2026-01-01T00:00Z" },
  };
  assert.equal(canonicalJson(parseRequest(written)), canonicalJson(parseRequest(body)));
});

Deno.test("15 parseRequest() gives each timeframe one text, and keeps symbols as people write them", () => {
  const texts = { "60m": "1h", "24h": "1d", "90m": "90m", "7d": "7d", "1w": "1w", "1M": "1M", "1s": "1s" };
  for (const [timeframe, expected] of Object.entries(texts)) {
    assert.equal(templateOf(parseRequest(withTemplate({ timeframe }))).timeframe, expected);
  }
  for (const symbol of ["BTC/USDT", "EURUSD=X", "^GSPC", "BRK.B", "BTC/USDT:USDT"]) {
    const { instrument_id } = templateOf(
      parseRequest(withTemplate({ instrument_id: { market_id: 1, symbol } })),
    );
    assert.equal(instrument_id.symbol, symbol);
  }
  assert.match(findings(withTemplate({ timeframe: "1".repeat(41) }))[0]!, /timeframe too_long/);
});

Deno.test("parseRequest() tells an axis without mode by its members", () => {
  const grid = { indicator_id: "ma.ema", params: { window: { start: 5, stop_incl: 9, step: 2 } } };
  const template = templateOf(parseRequest(withTemplate({ indicator_grids: [grid] })));
  assert.deepEqual(template.indicator_grids[0]?.params, {
    window: { mode: "range", start: 5, stop_incl: 9, step: 2 },
  });
});

Deno.test("parseRequest() lists findings sorted by path, with code and value", () => {
  const value = {
    ...withTemplate({ timeframe: "2H", surprise: 1, direction_mode: 3, instrument_id: { market_id: true } }),
    top_k: 0,
    preselect: 1.5,
    warmup_bars: "many",
    time_range: undefined,
  };
  assert.equal(refusal(value).message, "Validation failed");
  assert.deepEqual(findings(value), [
    'body.preselect int_type: Input should be an integer > 0 or "all", got 1.5',
    "body.template.direction_mode literal_error: Input should be one of long-only, short-only, long-short, got 3",
    "body.template.instrument_id.market_id int_type: Input should be an integer, got true",
    "body.template.instrument_id.symbol required: Field required",
    "body.template.surprise extra_forbidden: Extra inputs are not permitted; known are instrument_id, " +
    "timeframe, indicator_grids, rules, signal_grids, risk_grid, direction_mode, sizing_mode, execution",
    'body.template.timeframe literal_error: Input should be a timeframe, a count and s, m, h or d such as 30s, 15m, 4h or 1d, or 1w or 1M (nearest is 2h), got "2H"',
    "body.time_range required: Field required",
    "body.top_k greater_than: Input should be greater than 0, got 0",
    'body.warmup_bars int_type: Input should be an integer, got "many"',
  ]);
});

Deno.test("S000-42 parseRequest() refuses a time without offset", () => {
  const time_range = { start: "2026-01-01T00:00:00", end: "2026-02-01T00:00:00Z" };
  assert.deepEqual(findings({ ...body, time_range }), [
    "body.time_range.start datetime_parsing: Input should be a time with offset like 2026-01-01T00:00:00Z, or a date, " +
    'got "2026-01-01T00:00:00"',
  ]);
});

Deno.test("parseRequest() names the nearest member to one nobody knows, at every depth", () => {
  const known = "market_id, symbol";
  const cases: readonly [Json, string][] = [
    [
      { ...body, topk: 3 },
      'body.topk extra_forbidden: Extra inputs are not permitted; nearest is "top_k"; known',
    ],
    [
      withTemplate({ instrument_id: { market_id: 1, symbol: "X", Symbol: "X" } }),
      "body.template.instrument_id.Symbol extra_forbidden: Extra inputs are not permitted; " +
      `nearest is "symbol"; known are ${known}`,
    ],
    [
      withTemplate({
        signal_grids: { a: { b: { mode: "range", start: 1, stop: 2, stop_incl: 2, step: 1 } } },
      }),
      "body.template.signal_grids.a.b.stop extra_forbidden: Extra inputs are not permitted; " +
      'nearest is "stop_incl"; known are mode, start, stop_incl, step',
    ],
  ];
  for (const [value, expected] of cases) {
    const [found, ...more] = findings(value);
    assert.deepEqual(more, []);
    assert.ok(found!.startsWith(expected), found);
  }
});

Deno.test("parseRequest() enables a stop or target that is sent", () => {
  const riskOf = (risk_grid: Json) => {
    return templateOf(parseRequest(withTemplate({ risk_grid }))).risk_grid;
  };
  const sl = { mode: "explicit", values: [2] };
  assert.deepEqual(riskOf({ sl }), { sl_enabled: true, tp_enabled: false, sl });
  assert.deepEqual(riskOf({ tp_pct: 3, sl: null }), { sl_enabled: false, tp_enabled: true, tp_pct: 3 });
  assert.deepEqual(riskOf({ sl_enabled: true, sl }), { sl_enabled: true, tp_enabled: false, sl });
  assert.deepEqual(riskOf({}), { sl_enabled: false, tp_enabled: false });
});

Deno.test("parseRequest() refuses values that do not go together", () => {
  const cases: readonly [Json, string][] = [
    [
      { ...body, time_range: { start: "2026-01-01T00:00:00.0001Z", end: "2026-01-01T00:00:00Z" } },
      'body.time_range value_error: Input should be a range with start before end, got {"start":' +
      '"2026-01-01T00:00:00Z","end":"2026-01-01T00:00:00Z"}',
    ],
    [
      withTemplate({ risk_grid: { sl_enabled: true, tp_enabled: false } }),
      "body.template.risk_grid.sl value_error: Input should be sent, or sl_pct, when sl_enabled is true, " +
      "got null",
    ],
    [
      withTemplate({ risk_grid: { sl_enabled: false, sl: { values: [2] } } }),
      "body.template.risk_grid.sl_enabled value_error: Input should be true or left out beside sl, got false",
    ],
    [
      withTemplate({ risk_grid: { tp_enabled: false, tp_pct: 2 } }),
      "body.template.risk_grid.tp_enabled value_error: Input should be true or left out beside tp_pct, got false",
    ],
    [
      withTemplate({ signal_grids: { a: { b: { mode: "explicit", values: [1, 1.0] } } } }),
      "body.template.signal_grids.a.b.values value_error: Input should be a list of unique values, got [1,1]",
    ],
    [
      withTemplate({ signal_grids: { a: { b: { mode: "range", start: 2, stop_incl: 1, step: 1 } } } }),
      "body.template.signal_grids.a.b value_error: Input should be a range with start <= stop_incl, " +
      'got {"mode":"range","start":2,"stop_incl":1,"step":1}',
    ],
  ];
  for (const [value, expected] of cases) assert.deepEqual(findings(value), [expected]);
});

Deno.test("parseRequest() reads a ranking of one or two metrics", () => {
  const rankings = [
    { primary_metric: "max_drawdown_pct" },
    { primary_metric: "profit_factor", secondary_metric: "return_over_max_drawdown" },
  ];
  for (const ranking of rankings) {
    assert.deepEqual(parseRequest({ ...body, ranking }).ranking, ranking);
  }
  const plain = { primary_metric: "max_drawdown_pct", secondary_metric: null };
  assert.deepEqual(parseRequest({ ...body, ranking: plain }).ranking, rankings[0]);
  assert.ok(!("ranking" in parseRequest({ ...body, ranking: null })));
});

Deno.test("parseRequest() refuses a ranking of unknown, equal or missing metrics", () => {
  const known = "one of total_return_pct, max_drawdown_pct, return_over_max_drawdown, profit_factor";
  const cases: readonly [unknown, string][] = [
    [{}, "body.ranking.primary_metric required: Field required"],
    ["profit_factor", 'body.ranking dict_type: Input should be an object, got "profit_factor"'],
    [
      { primary_metric: "sharpe" },
      `body.ranking.primary_metric literal_error: Input should be ${known}, got "sharpe"`,
    ],
    [
      { primary_metric: "profit_factor", secondary_metric: "sharpe" },
      `body.ranking.secondary_metric literal_error: Input should be ${known}, got "sharpe"`,
    ],
    [
      { primary_metric: "profit_factor", secondary_metric: "profit_factor" },
      "body.ranking.secondary_metric value_error: Input should be another metric than primary_metric, " +
      'got "profit_factor"',
    ],
    [
      { primary_metric: "profit_factor", third_metric: "total_return_pct" },
      "body.ranking.third_metric extra_forbidden: Extra inputs are not permitted; " +
      "known are primary_metric, secondary_metric, min_trades",
    ],
    [
      { primary_metric: "profit_factor", min_trades: 0 },
      "body.ranking.min_trades greater_than: Input should be greater than 0, got 0",
    ],
    [
      { primary_metric: "profit_factor", min_trades: 2.5 },
      "body.ranking.min_trades int_type: Input should be an integer, got 2.5",
    ],
    [
      { primary_metric: "max_drawdown_pct", min_trades: 5 },
      "body.ranking.min_trades value_error: Input should be left out, or beside profit_factor as a metric: " +
      "no other one reads it, got 5",
    ],
  ];
  for (const [ranking, expected] of cases) assert.deepEqual(findings({ ...body, ranking }), [expected]);
});

Deno.test("parseRequest() refuses an axis of the wrong form", () => {
  const path = "body.template.signal_grids.a.b";
  const cases: readonly [unknown, string][] = [
    [
      { mode: "list", values: [1] },
      `${path}.mode literal_error: Input should be explicit or range, got "list"`,
    ],
    [{}, `${path}.mode required: Field required`],
    [3, `${path} dict_type: Input should be an axis {mode, values} or {mode, start, stop_incl, step}, got 3`],
    [{ values: [] }, `${path}.values too_short: Input should be a list or text that is not empty, got []`],
    [{ values: [true] }, `${path}.values.0 value_error: Input should be a number or a text, got true`],
    [
      { start: 1, stop_incl: 2, step: 0 },
      `${path}.step greater_than: Input should be greater than 0, got 0`,
    ],
  ];
  for (const [axis, expected] of cases) {
    assert.deepEqual(findings(withTemplate({ signal_grids: { a: { b: axis } } })), [expected]);
  }
});

Deno.test("parseRequest() refuses both and neither of strategy_id and template", () => {
  const strategy_id = "7d3c0c52-5f0e-4a55-9a55-0a1f3c2b9e11";
  const expected = {
    message: "POST /backtests requires exactly one mode: strategy_id xor template",
    errors: ["body.strategy_id", "body.template"].map((path) => ({
      path,
      code: "mode_conflict",
      message: "Provide exactly one of strategy_id or template",
    })),
  };
  assert.deepEqual(refusal({ ...body, strategy_id }), expected);
  assert.deepEqual(refusal({ time_range: body.time_range }), expected);
});

Deno.test("parseRequest() refuses overrides beside a template", () => {
  assert.deepEqual(refusal({ ...body, overrides: {} }), {
    message: "POST /backtests overrides are allowed only in saved mode",
    errors: [{
      path: "body.overrides",
      code: "mode_conflict",
      message: "overrides are allowed only with strategy_id",
    }],
  });
});

Deno.test("parseRequest() reads a saved strategy with its overrides", () => {
  const { template: _, ...rest } = body;
  const parsed = parseRequest({
    ...rest,
    strategy_id: "7D3C0C52-5F0E-4A55-9A55-0A1F3C2B9E11",
    overrides: { execution: { fee_pct: 0, slippage_pct: null }, risk_grid: { sl_enabled: false } },
  });
  assert.deepEqual(parsed, {
    ...rest,
    strategy_id: "7d3c0c52-5f0e-4a55-9a55-0a1f3c2b9e11",
    overrides: { execution: { fee_pct: 0 }, risk_grid: { sl_enabled: false, tp_enabled: false } },
  });
});

Deno.test("parseRequest() refuses overrides of what a strategy fixes, and values of the wrong form", () => {
  const { template: _, ...rest } = body;
  const strategy_id = "7d3c0c52-5f0e-4a55-9a55-0a1f3c2b9e11";
  const overriding = (overrides: unknown) => findings({ ...rest, strategy_id, overrides });
  assert.match(findings({ ...rest, strategy_id: "x" })[0]!, /^body.strategy_id uuid_parsing/);
  assert.match(overriding({ timeframe: "1h" })[0]!, /^body.overrides.timeframe extra_forbidden/);
  assert.match(
    overriding({ execution: { fee_pct: "0" } })[0]!,
    /^body.overrides.execution.fee_pct float_type/,
  );
  assert.match(
    overriding({ risk_grid: { sl_enabled: true } })[0]!,
    /^body.overrides.risk_grid.sl value_error/,
  );
  assert.match(
    overriding({
      signal_grids: { "momentum.rsi": { long_threshold: { mode: "explicit", values: [] } } },
    })[0]!,
    /^body.overrides.signal_grids.momentum.rsi.long_threshold.values/,
  );
});

Deno.test("parseRequest() refuses texts and names that the database cannot keep", () => {
  const at = (path: string) => [
    `${path} value_error: ${path} must be without NUL characters and halves of surrogate pairs, names of members included`,
  ];
  const symbol = (text: string) => withTemplate({ instrument_id: { market_id: 1, symbol: text } });
  assert.deepEqual(findings(symbol("A\0")), at("body.template.instrument_id.symbol"));
  assert.deepEqual(findings(symbol("A\ud800")), at("body.template.instrument_id.symbol"));
  assert.deepEqual(findings(withTemplate({ signal_grids: { "\0": {} } })), at("body.template.signal_grids"));
});

Deno.test("parseRequest() looks at the mode before it compares values", () => {
  const time_range = { start: body.time_range.end, end: body.time_range.start };
  assert.match(refusal({ time_range }).message, /exactly one mode/);
  assert.equal(refusal({ time_range, top_k: 0 }).message, "Validation failed");
});

Deno.test("parseRequest() refuses what is no object", () => {
  assert.deepEqual(findings([]), ["body dict_type: Input should be an object, got []"]);
});

Deno.test("parseRequestText() names the file, the first finding and how many more there are", () => {
  assert.deepEqual(parseRequestText(JSON.stringify(body), "a.json"), parseRequest(body));
  assert.throws(
    () => parseRequestText(JSON.stringify({ ...body, top_k: -1, preselect: 0, x: 1 }), "a.json"),
    {
      message:
        'Cannot use request "a.json": body.preselect: Input should be greater than 0, got 0 (and 2 more)',
    },
  );
});

Deno.test("13 parseRequestText() reads YAML by its name, and from standard input what does not begin as JSON", () => {
  const yaml = `time_range: {start: "${body.time_range.start}", end: "${body.time_range.end}"}\n` +
    `template: ${JSON.stringify(body.template)}\ntop_k: 7\n`;
  for (const label of ["a.yaml", "a.YML", "-"]) {
    assert.deepEqual(parseRequestText(yaml, label), parseRequest({ ...body, top_k: 7 }), label);
  }
  const json = JSON.stringify(body);
  for (const text of [json, `\n ${json}`]) assert.deepEqual(parseRequestText(text, "-"), parseRequest(body));
  // JSON is read as JSON there, too: YAML would take a comma at the end
  assert.throws(() => parseRequestText('{"a": 1,}', "-"), { message: /^Cannot read "-" as JSON: / });
  assert.throws(() => parseRequestText("a: 1", "a.json"), { message: /^Cannot read "a.json" as JSON: / });
});

Deno.test("13 parseRequest() refuses indicators and their grids beside rules", () => {
  const rules = { long: { enter: "close > open" } };
  const { indicator_grids: _, ...rest } = body.template;
  const both = { ...body, template: { ...body.template, rules } };
  assert.ok(
    findings(both).some((one) =>
      /^body\.template\.indicator_grids value_error: Input should be left out beside rules/.test(one)
    ),
    findings(both).join("\n"),
  );
  const alone = { ...rest, signal_grids: undefined, rules };
  assert.ok(templateOf(parseRequest({ ...body, template: alone })).rules);
});

Deno.test("parseRequestText() names the position of what is not JSON", () => {
  const cases: readonly [string, string][] = [
    ["", "Unexpected end at line 1 column 1"],
    ['{"a": 1,\n}', "Expected double-quoted property name at line 2 column 1"],
    ['{"a": 1,\n "b": undefined}', "Unexpected token 'u' at line 2 column 7"],
    ['{"a": "', "Unterminated string at line 1 column 8"],
    ['{"a": {"b": 1,\n "b": 2}}', '"a.b" is given twice, the second time at line 2 column 2'],
  ];
  for (const [text, fault] of cases) {
    assert.throws(() => parseRequestText(text, "a.json"), {
      message: `Cannot read "a.json" as JSON: ${fault}`,
    });
  }
});

Deno.test("parseRequest() refuses a member __proto__ of objects whose names the caller chooses", () => {
  const grids = JSON.parse('{"__proto__": {"window": {"mode": "explicit", "values": [3]}}}');
  assert.deepEqual(findings({ ...body, template: { ...body.template, signal_grids: grids } }), [
    "body.template.signal_grids.__proto__ extra_forbidden: Extra inputs are not permitted",
  ]);
});

Deno.test("parseRequestText() accepts the request of the examples", async () => {
  const url = new URL("../../docs/examples/sp500-sma-rsi.json", import.meta.url);
  const template = templateOf(parseRequestText(await Deno.readTextFile(url), "sp500-sma-rsi.json"));
  assert.equal(template.instrument_id.symbol, "SP500");
  assert.equal(template.indicator_grids.length, 2);
});
