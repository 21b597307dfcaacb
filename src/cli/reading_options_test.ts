import assert from "node:assert/strict";
import { Command } from "commander";
import { fileReadingFields, fileReadingSchema } from "../schema/file_reading.ts";
import { addReadingOptions, readingOf, type ReadingOptions } from "./reading_options.ts";

function parse(...args: readonly string[]): ReadingOptions {
  const command = addReadingOptions(new Command().exitOverride().configureOutput({ writeErr: () => {} }));
  command.parse([...args], { from: "user" });
  return readingOf(command.opts());
}

Deno.test("every option of reading files is a flag and a config key, and both read the same", () => {
  const given: Readonly<
    Record<keyof typeof fileReadingFields, readonly [args: readonly string[], value: unknown]>
  > = {
    column: [["--column", "close=Last", "--column", "time=When"], { close: "Last", time: "When" }],
    time_unit: [["--time-unit", "us"], "us"],
    time_zone: [["--time-zone", "Europe/Berlin"], "Europe/Berlin"],
    date_order: [["--date-order", "dmy"], "dmy"],
    stamp: [["--stamp", "close"], "close"],
    delimiter: [["--delimiter", "tab"], "tab"],
    decimal: [["--decimal", ","], ","],
    missing: [["--missing", "NA,null", "--missing", "-"], ["NA", "null", "-"]],
    sort: [["--sort"], true],
    duplicates: [["--duplicates", "last"], "last"],
    bad_rows: [["--bad-rows", "skip"], "skip"],
    pick: [["--pick", "AAPL"], "AAPL"],
    adjusted: [["--adjusted"], true],
  };
  for (const [name, [args, value]] of Object.entries(given)) {
    const inConfig = fileReadingSchema.parse({ [name]: value });
    assert.equal(Object.keys(inConfig).length, 1, name);
    assert.deepEqual(parse(...args), inConfig, name);
  }
  assert.deepEqual(Object.keys(given), Object.keys(fileReadingFields));
  assert.deepEqual(parse(), {});
  assert.deepEqual(parse("--delimiter", "tab"), { delimiter: "\t" });
});

Deno.test("a wrong value of an option names what is expected", () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [["--column", "closing=Last"], /expected one of time, time_of_day, open, .*, got "closing=Last"/],
    [["--time-unit", "weeks"], /Allowed choices are s, ms, us, ns, days/],
    [["--time-zone", "Mars"], /expected a zone such as America\/New_York or UTC, got "Mars"/],
    [["--delimiter", ";;"], /expected one character, tab or blank, got ";;"/],
    [["--missing", ","], /expected a text, got ","/],
    [["--pick", " "], /expected a name, got " "/],
  ];
  for (const [args, message] of cases) assert.throws(() => parse(...args), { message });
});

Deno.test("flags win over what a config says of a market, column by column", () => {
  const ofMarket = { timeZone: "UTC", column: { close: "Last", open: "First" }, badRows: "skip" } as const;
  assert.deepEqual(readingOf({ column: { close: "Settle" }, badRows: "refuse", sort: true }, ofMarket), {
    timeZone: "UTC",
    column: { close: "Settle", open: "First" },
    badRows: "refuse",
    sort: true,
  });
});
