import { ownLimits } from "../bytes/unpack_limits.ts";
import assert from "node:assert/strict";
import { memoryContent } from "../bytes/content.ts";
import { loadedCandles } from "../rows/loaded_candles.ts";
import { openText } from "./open_text.ts";

const header = "ts_open,open,high,low,close,volume\n";
const long = 300_000;

async function read(text: string): Promise<number> {
  const options = { label: "x.csv", reading: {}, timeframeMs: 86_400_000 };
  const opened = await openText(memoryContent(new TextEncoder().encode(text), "x.csv"), {
    reading: {},
    limits: ownLimits,
  });
  const set = { label: "x.csv", parts: [opened], isInOrder: true, rowsAbout: 0, guess: null, flags: [] };
  return (await loadedCandles(set, options)).series.candles.tsOpenMs.length;
}

Deno.test("a first row that is longer than what is looked at beforehand is a row, and its fault is its own", async () => {
  const cases: readonly (readonly [text: string, message: RegExp])[] = [
    [`${header}2024-01-31,1,2,1,${"x".repeat(long)},5\n`, / line 2: close must be a number, got "x+\.\.\.$/],
    [`${header}2024-01-31,${"x".repeat(long)},2,1,1,5\n`, / line 2: open must be a number, got "x+\.\.\.$/],
    [
      `${header}${"x".repeat(long)},1,2,1,1,5\n`,
      / line 2: it is no row of [^:]+: "x+\.\.\.", none of its fields \(ts_open, open, high, low, close, volume\) is a/,
    ],
    [`${header}${"9".repeat(long)}\n`, / line 2: a row must have 6 fields, got 1$/],
    [`2024-01-31,1,2,1,${"9".repeat(long)},5\n`, / line 1: it has more than any row .*, 131072 characters$/],
  ];
  for (const [text, message] of cases) {
    await assert.rejects(read(text), ({ message: got }: Error) => {
      assert.match(got, message);
      assert.ok(got.length < 300, `${got.length} characters`);
      return true;
    });
  }
  assert.equal(await read(`${header}2024-01-31,1,2,1,1${" ".repeat(long)},5\n2024-02-01,1,2,1,1,5\n`), 2);
});

Deno.test("a text is called empty, or one without rows, only where all of it was looked at", async () => {
  const row = "2024-01-31,1,2,1,1,5\n";
  for (const before of ["\n".repeat(long), "# so it goes\n".repeat(20_000), " ".repeat(long)]) {
    for (const start of ["", header]) {
      await assert.rejects(
        read(start + before + row),
        /: its first 131072 bytes hold no row of a time and four/,
      );
    }
  }
  await assert.rejects(read("# so it goes\n"), /: it has remarks and no rows$/);
  await assert.rejects(read(`${header}# so it goes\n`), /: it has a header and no rows$/);
  await assert.rejects(read("\n\n"), /: it is empty$/);
});
