import { ownLimits } from "../../src/adapters/candles/bytes/unpack_limits.ts";
import assert from "node:assert/strict";
import zlib from "node:zlib";
import fc from "fast-check";
import { memoryContent } from "../../src/adapters/candles/bytes/content.ts";
import { unpacked } from "../../src/adapters/candles/bytes/unpack.ts";
import { formatOf } from "../../src/adapters/candles/formats.ts";
import { loadedCandles } from "../../src/adapters/candles/rows/loaded_candles.ts";

const minuteMs = 60_000;
const iso = (ms: number) => new Date(ms).toISOString();
const two = (value: number) => String(value).padStart(2, "0");
const parts = (ms: number) => {
  const date = new Date(ms);
  return {
    Y: date.getUTCFullYear(),
    M: two(date.getUTCMonth() + 1),
    D: two(date.getUTCDate()),
    h: two(date.getUTCHours()),
    m: two(date.getUTCMinutes()),
    s: two(date.getUTCSeconds()),
  };
};

/** Ways of writing a time, each a text of one field, or of two where a file has a column for each. */
const times: Readonly<Record<string, (ms: number) => string | readonly [string, string]>> = {
  s: (ms) => String(ms / 1000),
  ms: (ms) => String(ms),
  us: (ms) => `${ms}000`,
  ns: (ms) => `${ms}000000`,
  "float s": (ms) => `${ms / 1000}.0`,
  iso,
  "iso in another offset": (ms) => `${iso(ms + 90 * minuteMs).slice(0, 19)}+01:30`,
  "iso without T": (ms) => iso(ms).slice(0, 19).replace("T", " "),
  packed: (ms) => iso(ms).slice(0, 19).replace(/[-:]/g, "").replace("T", " "),
  "packed to the minute": (ms) => iso(ms).slice(0, 16).replace(/[-:]/g, "").replace("T", " "),
  points: (ms) => iso(ms).slice(0, 16).replaceAll("-", ".").replace("T", " "),
  "day first": (ms) => {
    const { Y, M, D, h, m, s } = parts(ms);
    return `${D}.${M}.${Y} ${h}:${m}:${s}`;
  },
  "month first": (ms) => {
    const { Y, M, D, h, m } = parts(ms);
    return `${Number(M)}/${Number(D)}/${Y} ${h}:${m}`;
  },
  "two columns": (ms) => {
    const { Y, M, D, h, m } = parts(ms);
    return [`${Y}${M}${D}`, `${h}:${m}`];
  },
};

const roles = ["open", "high", "low", "close", "volume", "other"] as const;
const price = fc.integer({ min: 1, max: 40_000_000 });

const dialect = fc.record({
  delimiter: fc.constantFrom(",", ";", "\t", "|"),
  decimal: fc.constantFrom(".", ","),
  time: fc.constantFrom(...Object.keys(times)),
  order: fc.shuffledSubarray([...roles], { minLength: roles.length }),
  timeFirst: fc.boolean(),
  lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
  mark: fc.boolean(),
  encoding: fc.constantFrom("utf-8", "utf-16le"),
  quoted: fc.boolean(),
  upper: fc.boolean(),
  title: fc.boolean(),
  descending: fc.boolean(),
  packed: fc.boolean(),
});

const candles = fc.record({
  // from the 13th on, so that the order of day and month shows
  firstMs: fc.integer({ min: 0, max: 14 }).map((day) => Date.UTC(2021, 4, 13 + day)),
  rows: fc.array(fc.record({ a: price, b: price, c: price, d: price, v: price }), {
    minLength: 3,
    maxLength: 40,
  }),
  digits: fc.integer({ min: 1, max: 6 }),
});

Deno.test("a text in any dialect gives the candles it was written from", async () => {
  await fc.assert(
    fc.asyncProperty(dialect, candles, async (form, { firstMs, rows, digits }) => {
      // a comma between fields and in numbers needs quotes
      const quoted = form.quoted || (form.delimiter === "," && form.decimal === ",");
      const number = (value: number) => (value / 10 ** digits).toFixed(digits);
      const all = rows.map(({ a, b, c, d, v }, row) => ({
        ms: firstMs + row * 7 * minuteMs,
        open: number(a),
        close: number(b),
        high: number(Math.max(a, b, c, d)),
        low: number(Math.min(a, b, c, d)),
        volume: number(v),
        other: "x1",
      }));
      const names = (ofTime: readonly string[]) =>
        form.timeFirst ? [...ofTime, ...form.order] : [...form.order, ...ofTime];
      const twoColumns = form.time === "two columns";
      const header = names(twoColumns ? ["date", "time"] : ["timestamp"])
        .map((name) => form.upper ? name.toUpperCase() : name);
      const records = all.map((row) => {
        const time = times[form.time]!(row.ms);
        const values = form.order.map((role) =>
          form.decimal === "," ? row[role].replace(".", ",") : row[role]
        );
        const ofTime = typeof time === "string" ? [time] : time;
        return form.timeFirst ? [...ofTime, ...values] : [...values, ...ofTime];
      });
      if (form.descending) records.reverse();
      const lines = [header, ...records].map((fields) =>
        fields.map((field) => quoted ? `"${field}"` : field).join(form.delimiter)
      );
      const text = `${form.title ? `Candles of a test${form.lineEnd}` : ""}${
        lines.join(form.lineEnd)
      }${form.lineEnd}`;
      const marked = form.mark || form.encoding === "utf-16le" ? `\ufeff${text}` : text;
      const plain = form.encoding === "utf-8"
        ? new TextEncoder().encode(marked)
        : new Uint8Array(Uint16Array.from(marked, (char) => char.charCodeAt(0)).buffer);
      const bytes = form.packed ? new Uint8Array(zlib.gzipSync(plain)) : plain;
      // three digits behind every comma may be thousands
      const isOpen = form.decimal === "," && digits === 3;
      const reading = isOpen ? { decimal: "," as const } : {};
      const { contents: [content] } = await unpacked(memoryContent(bytes, "x"));
      const part = await formatOf(await content!.head(1024)).open(content!, { reading, limits: ownLimits });
      const set = { label: "x", parts: [part], isInOrder: true, rowsAbout: 0, guess: null, flags: [] };
      const { series: { candles: read } } = await loadedCandles(set, { label: "x", reading });
      assert.deepEqual([...read.tsOpenMs], all.map(({ ms }) => ms));
      for (const role of ["open", "high", "low", "close", "volume"] as const) {
        assert.deepEqual(read[role], Float32Array.from(all, (row) => Number(row[role])), role);
      }
    }),
    { numRuns: 300 },
  );
});
