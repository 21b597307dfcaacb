import assert from "node:assert/strict";
import { readCandleFile } from "../../src/adapters/candles/read_candle_file.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { dayMs, kinds, rows } from "./kinds.ts";
import { mendedKinds, refusedKinds } from "./mended_kinds.ts";

for (const { name, text, everyMs = 60_000, shiftMs = 0 } of [...kinds, ...mendedKinds]) {
  Deno.test(`a file of the kind "${name}" is read without a flag`, async () => {
    await using folder = await temporaryFolder();
    const path = await folder.write("candles", text);
    const { series: { candles } } = await readCandleFile(path, { label: "candles" });
    const first = everyMs === dayMs ? Date.UTC(2025, 0, 6) : Date.UTC(2025, 0, 6, 14, 30);
    const shift = name.startsWith("Excel in English") ? 20 * dayMs : shiftMs;
    assert.deepEqual([...candles.tsOpenMs], rows.map((_, index) => first + shift + index * everyMs));
    assert.deepEqual([...candles.open], rows.map(({ o }) => o));
    assert.deepEqual([...candles.high], rows.map(({ h }) => h));
    assert.deepEqual([...candles.low], rows.map(({ l }) => l));
    assert.deepEqual([...candles.close], rows.map(({ c }) => c));
    assert.deepEqual([...candles.volume], rows.map(({ v }) => v));
  });
}

for (const { name, text, says } of refusedKinds) {
  Deno.test(`a file of the kind "${name}" is refused, with what would help`, async () => {
    await using folder = await temporaryFolder();
    const path = await folder.write("candles", text);
    await assert.rejects(readCandleFile(path, { label: "candles" }), (error: Error) => {
      assert.match(error.message, says);
      return true;
    });
  });
}

Deno.test("a JSON file in UTF-16 is read, and one of several instruments side by side with pick", async () => {
  await using folder = await temporaryFolder();
  const list = JSON.stringify(rows.map((r) => [r.ms, r.o, r.h, r.l, r.c, r.v]));
  const wide = Uint8Array.from([
    0xff,
    0xfe,
    ...new Uint8Array(Uint16Array.from(list, (letter) => letter.charCodeAt(0)).buffer),
  ]);
  const path = await folder.write("wide", "");
  await Deno.writeFile(path, wide);
  const { series: { candles } } = await readCandleFile(path, { label: "wide" });
  assert.deepEqual([...candles.close], rows.map(({ c }) => c));
  const { text } = refusedKinds.find(({ name }) => name === "bids and asks")!;
  const both = await folder.write("both", text.replaceAll(/(\d+,)([\d.]+),/g, "$1$2,"));
  const { series: { candles: bids } } = await readCandleFile(both, {
    label: "both",
    reading: { pick: "bid" },
  });
  assert.deepEqual([...bids.close], rows.map(({ c }) => c));
});
