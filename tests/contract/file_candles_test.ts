import { DirectoryCandleSource } from "../../src/adapters/file/directory_candle_source.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { type StoredCandle, testCandleSource } from "./candle_source_suite.ts";

testCandleSource({
  name: "directory",
  async open(candles) {
    const folder = await temporaryFolder();
    for (const [file, rows] of Map.groupBy(candles, ({ marketId, symbol }) => `${marketId}/${symbol}.csv`)) {
      await folder.write(file, csv(rows));
    }
    return {
      source: new DirectoryCandleSource({ directory: folder.path }),
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  },
});

function csv(rows: readonly StoredCandle[]): string {
  const lines = rows.map(({ openMs, values }) => [openMs, ...values].join(","));
  return ["ts_open,open,high,low,close,volume", ...lines, ""].join("\n");
}
