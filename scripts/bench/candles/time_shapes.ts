import process from "node:process";
import { readCandleFile } from "../../../src/adapters/candles/read_candle_file.ts";
import type { CandleColumns } from "../../../src/core/bars/mod.ts";
import { candleShapes } from "./shapes.ts";

/** Times of reading the same rows in several shapes. */
export interface ShapeTimes {
  /** Of each shape, its time as a multiple of that of the own header. */
  readonly figures: Readonly<Record<string, number>>;
  readonly table: {
    readonly head: readonly string[];
    readonly rows: readonly (readonly [string, number, number])[];
  };
}

/**
 * Reads the same rows in every shape, in turns. What is compared is time of the processor, of all threads of this process:
 * a machine with other work would else say more of that.
 */
export async function timeShapes(
  candles: CandleColumns,
  { runs }: { readonly runs: number },
): Promise<ShapeTimes> {
  const folder = await Deno.makeTempDir({ prefix: "backtest-bench-shapes-" });
  try {
    const paths = candleShapes.map(({ ending }, index) => `${folder}/${index}${ending}`);
    for (const [index, shape] of candleShapes.entries()) {
      await Deno.writeFile(paths[index]!, shape.bytes(candles));
    }
    const fastest = candleShapes.map(() => Infinity);
    for (let run = 0; run < runs; run++) {
      for (const [index, path] of paths.entries()) {
        const startedMs = processorMs();
        await readCandleFile(path, { label: "WALK", timeframeMs: 60_000 });
        fastest[index] = Math.min(fastest[index]!, processorMs() - startedMs);
      }
    }
    const [own] = fastest;
    return {
      figures: Object.fromEntries(
        candleShapes.map((
          { name },
          index,
        ) => [`${name.replaceAll(/\W+/g, "_")}_per_own`, fastest[index]! / own!]),
      ),
      table: {
        head: [`${candles.close.length} rows as`, "ms of the processor", "of the own header"],
        rows: candleShapes.map(({ name }, index) => [name, fastest[index]!, fastest[index]! / own!] as const),
      },
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
