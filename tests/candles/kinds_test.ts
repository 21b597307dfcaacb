import assert from "node:assert/strict";
import { readCandleFile } from "../../src/adapters/candles/read_candle_file.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { dayMs, kinds, rows } from "./kinds.ts";

for (const { name, text, everyMs = 60_000 } of kinds) {
  Deno.test(`a file of the kind "${name}" is read without a flag`, async () => {
    await using folder = await temporaryFolder();
    const path = await folder.write("candles", text);
    const { series: { candles } } = await readCandleFile(path, { label: "candles" });
    const first = everyMs === dayMs ? Date.UTC(2025, 0, 6) : Date.UTC(2025, 0, 6, 14, 30);
    const shift = name.startsWith("Excel in English") ? 20 * dayMs : 0;
    assert.deepEqual([...candles.tsOpenMs], rows.map((_, index) => first + shift + index * everyMs));
    assert.deepEqual([...candles.open], rows.map(({ o }) => o));
    assert.deepEqual([...candles.high], rows.map(({ h }) => h));
    assert.deepEqual([...candles.low], rows.map(({ l }) => l));
    assert.deepEqual([...candles.close], rows.map(({ c }) => c));
    assert.deepEqual([...candles.volume], rows.map(({ v }) => v));
  });
}
