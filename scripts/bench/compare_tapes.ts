import type { Peers } from "./benchmark.ts";
import { barByBar } from "./bar_by_bar.ts";
import { requireSame } from "./check.ts";
import { measure, type Times } from "./measure.ts";
import type { TapeRun } from "./tape_run.ts";

/** Times of bar-by-bar engines over the same signals; null where an engine is missing. */
export interface TapeTimes {
  readonly wasm: Times;
  readonly c: Times | null;
  readonly vectorbt: Times | null;
}

/** Times all engines over all tapes and levels. They get the signals ready made; only trading is timed. */
export async function compareTapes(given: TapeRun, { c, vectorbt }: Peers): Promise<TapeTimes> {
  return {
    wasm: await timeWasm(given),
    c: await c?.run(given) ?? null,
    vectorbt: await vectorbt?.runTapes(given) ?? null,
  };
}

/** Times of the replay kernel. Loading the signals is not timed. Rejects when it does not give what is expected. */
export async function timeWasm({ input, tapes, levels, expected, runs }: TapeRun): Promise<Times> {
  const engine = barByBar(input);
  const sum = { median_ms: 0, min_ms: 0, max_ms: 0 };
  let position = 0;
  for (const tape of tapes) {
    engine.load(tape);
    const { times, result } = await measure(() => levels.map((cell) => engine.run(cell)), { runs });
    for (const actual of result) {
      requireSame({ what: `replay kernel, run ${position}`, actual, expected: expected[position++]! });
    }
    sum.median_ms += times.median_ms;
    sum.min_ms += times.min_ms;
    sum.max_ms += times.max_ms;
  }
  return sum;
}
