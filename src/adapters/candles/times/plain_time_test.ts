import assert from "node:assert/strict";
import fc from "fast-check";
import { timeTextParts } from "../../../core/text/mod.ts";
import { type PlainTime, readPlainTime } from "./plain_time.ts";
import { RowFault } from "../rows/row_fault.ts";
import { TimeColumn } from "./time_column.ts";

const encoder = new TextEncoder();

/** What is read of a row that begins with a text, with bytes of other rows around it; null where it is left. */
function plain(text: string): PlainTime | null {
  const [before, row, after] = [
    encoder.encode("7,1\n"),
    encoder.encode(`${text},1,2`),
    encoder.encode("\n20"),
  ];
  const time: PlainTime = { localMs: NaN, zone: null, isDate: false };
  const [from, to] = [before.length, before.length + row.length];
  const end = readPlainTime(new Uint8Array([...before, ...row, ...after]), { from, to, time });
  if (end < 0) return null;
  assert.equal(end, from + encoder.encode(text).length, text);
  return time;
}

const two = (max: number) => fc.integer({ min: 0, max }).map((number) => String(number).padStart(2, "0"));
const date = fc.tuple(fc.integer({ min: 0, max: 9999 }), two(13), two(32))
  .map(([year, month, day]) => `${String(year).padStart(4, "0")}-${month}-${day}`);
const clock = fc.tuple(two(25), two(61)).map((parts) => parts.join(":"));
const fraction = fc.stringMatching(/^\.\d{1,11}$/);
const anyTime = fc.tuple(
  date,
  fc.constantFrom("T", " ", "t", "  ", ""),
  clock,
  fc.oneof(fc.constant(""), two(61).map((seconds) => `:${seconds}`)),
  fc.oneof(fc.constant(""), fraction),
  fc.oneof(
    fc.constantFrom("", "Z", "z", " UTC", " Z", "+02", "-0330"),
    fc.tuple(fc.constantFrom("+", "-", " +"), clock).map((parts) => parts.join("")),
  ),
).map((parts) => parts.join(""));

Deno.test("readPlainTime() reads what timeTextParts() reads, and leaves it the rest", () => {
  // a real time is spoilt at one place, or left
  const spoilt = fc.tuple(anyTime, fc.nat(40), fc.constantFrom("", "", "x", " ", ":", "-", "9", "é"))
    .map(([text, at, extra]) => text.slice(0, at) + extra + text.slice(at + extra.length));
  fc.assert(
    fc.property(fc.oneof(anyTime, date, spoilt, fc.string({ maxLength: 30 })), (text) => {
      const found = plain(text);
      if (found !== null) assert.deepEqual(found, timeTextParts(text), text);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("readPlainTime() leaves none of the plain shapes to a closer look", () => {
  const moment = fc.date({ min: new Date("1800-01-01"), max: new Date("2100-12-31"), noInvalidDate: true });
  const zone = fc.constantFrom("", "Z", "+00:00", "-05:00", "+05:45");
  fc.assert(
    fc.property(moment, fc.constantFrom("T", " "), fc.constantFrom(16, 19, 23), zone, (at, t, to, zone) => {
      const text = at.toISOString().replace("T", t).slice(0, to) + zone;
      assert.deepEqual(plain(text), timeTextParts(text), text);
      const day = text.slice(0, 10);
      assert.deepEqual(plain(day), timeTextParts(day), day);
    }),
  );
  assert.equal(plain("2024-02-29T23:59:59.999999999Z")?.localMs, Date.parse("2024-02-29T23:59:59.999Z"));
});

Deno.test("TimeColumn takes a plain time as it takes its text, in every zone and through changes of the clocks", () => {
  const zone = fc.constantFrom(undefined, "America/New_York", "Europe/Berlin", "Asia/Kolkata");
  // hours about both changes of the clocks in 2024, in any order
  const start = fc.constantFrom(
    Date.UTC(2024, 2, 10),
    Date.UTC(2024, 2, 31),
    Date.UTC(2024, 9, 27),
    Date.UTC(2024, 10, 3),
  );
  const steps = fc.array(
    fc.tuple(fc.integer({ min: -60, max: 90 }), fc.constantFrom("", "Z", "-04:00", null)),
    {
      minLength: 2,
      maxLength: 12,
    },
  );
  fc.assert(fc.property(zone, start, steps, fc.boolean(), (timeZone, start, steps, descends) => {
    let at = start;
    const texts = steps.map(([minutes, suffix]) => {
      at += (descends ? -1 : 1) * minutes * 60_000;
      const text = new Date(at).toISOString();
      return suffix === null ? text.slice(0, 10) : text.slice(0, 16) + suffix;
    });
    const options = { reading: timeZone === undefined ? {} : { timeZone }, last: texts.at(-1)! };
    const [slow, fast] = [new TimeColumn(options), new TimeColumn(options)];
    for (const text of texts) {
      const taken = attempt(() => slow.take(text));
      const ms = fast.takePlainText(plain(text)!);
      assert.equal(Number.isNaN(ms) ? attempt(() => fast.take(text)) : ms, taken, text);
      assert.deepEqual([fast.sawNaive, fast.descends], [slow.sawNaive, slow.descends]);
      if (typeof taken === "string") return;
    }
  }));
});

Deno.test("TimeColumn leaves the first text, and texts that are said to be stamps, to a closer look", () => {
  const [first, second] = ["2024-01-01T00:00Z", "2024-01-01T00:01Z"];
  const column = new TimeColumn({ reading: {}, last: second });
  assert.equal(column.takePlainText(plain(first)!), NaN);
  column.take(first);
  assert.equal(column.takePlainText(plain(second)!), Date.parse("2024-01-01T00:01:00Z"));
  const stamps = new TimeColumn({ reading: {}, last: "1704067260000" });
  stamps.take("1704067200000");
  assert.equal(stamps.takePlainText(plain(second)!), NaN);
  const said = new TimeColumn({ reading: { timeUnit: "s" }, last: second });
  assert.throws(() => said.take(first), RowFault);
  assert.equal(said.takePlainText(plain(second)!), NaN);
});

function attempt(take: () => number): number | string {
  try {
    return take();
  } catch (error) {
    assert.ok(error instanceof RowFault);
    return error.message;
  }
}
