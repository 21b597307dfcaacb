import assert from "node:assert/strict";
import { BacktestError } from "../errors/mod.ts";
import { scenarioErrorText } from "./error_text.ts";
import { noDay } from "./failures.ts";

function unavailable(message: string, details: Readonly<Record<string, unknown>> = {}): BacktestError {
  return new BacktestError("market_data_unavailable", message, { details });
}

const early = "Selected start date is before data is available for this dataset.";
const from = (date: string) =>
  `Data not available before ${date}. Please set start date to ${date} or later.`;

const rows: readonly (readonly [promise: string, error: unknown, text: string])[] = [
  ["S002-18", unavailable("x", { available_from: "2007-06-04T00:00:00Z" }), from("2007-06-04")],
  ["S002-18", unavailable("a date alone", { available_from: "2007-06-04" }), from("2007-06-04")],
  [
    "S002-18",
    new Error("BentoClientError: 422 data_start_before_available_start: 2018-05-01T00:00:00+00:00"),
    from("2018-05-01"),
  ],
  [
    "S002-18 passing over the date that was asked for",
    new Error(
      "422 data_start_before_available_start. The start (2009-01-01) was before the available start ('2018-05-01 00:00:00+00:00').",
    ),
    from("2018-05-01"),
  ],
  ["S002-18", unavailable("data_start_before_available_start 2018-05-01T10:00:00Z"), from("2018-05-01")],
  ["S002-19", unavailable("no date", { available_from: "soon" }), early],
  ["S002-19", unavailable("no such day", { available_from: "2018-02-30" }), early],
  ["S002-19", new Error("422 data_start_before_available_start"), early],
  [
    "S002-20",
    new Error("BentoClientError: no such dataset"),
    "Data source error: BentoClientError: no such dataset",
  ],
  ["S002-20", new Error("status 422 of the vendor"), "Data source error: status 422 of the vendor"],
  ["S002-20", unavailable("Cannot reach it"), "Data source error: Cannot reach it"],
  [
    "S002-20",
    noDay({ symbol: "GLD", start_date: "2026-01-05", end_date: "2026-01-16" }),
    "Data source error: no daily candle of GLD from 2026-01-05 to 2026-01-16",
  ],
  ["S002-21", new Error("a 4220 b"), "a 4220 b"],
  ["S002-21", new TypeError("x is not a function"), "x is not a function"],
  ["S002-21", "thrown as a text", "thrown as a text"],
  [
    "S002-21 not of the source",
    new BacktestError("validation_error", "Cannot value GLD on 2026-01-05: its close is -422"),
    "Cannot value GLD on 2026-01-05: its close is -422",
  ],
];

for (const [promise, error, text] of rows) {
  Deno.test(`${promise} scenarioErrorText() of ${JSON.stringify(String(error))} is ${JSON.stringify(text)}`, () => {
    assert.equal(scenarioErrorText(error), text);
  });
}

Deno.test("S002-21 scenarioErrorText() hides logins and keys and has no stack", () => {
  const error = new Error("Cannot reach postgres://me:secret@db/x with token=abc123def");
  const text = scenarioErrorText(error);
  assert.ok(!/secret|abc123def|error_text_test/.test(text), text);
  assert.ok(text.startsWith("Cannot reach "), text);
});

Deno.test("scenarioErrorText() is at most 4000 long", () => {
  assert.equal(scenarioErrorText(new Error("x".repeat(10_000))).length, 4000);
});
