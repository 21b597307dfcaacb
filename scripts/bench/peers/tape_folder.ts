import { levelRate } from "../../../src/adapters/wasm/risk_levels.ts";
import type { TapeRun } from "../tape_run.ts";

/** Files of a run for a program that is not ours; removed when disposed of. */
export interface TapeFolder extends AsyncDisposable {
  readonly path: string;
}

/** Writes `close.f32`, `tapes.u8` and `levels.f64` (stop and target in turn) into a temporary folder. */
export async function tapeFolder({ input: { timeline }, tapes, levels }: TapeRun): Promise<TapeFolder> {
  const path = await Deno.makeTempDir({ prefix: "backtest-bench-" });
  const { start, stop } = timeline.slice;
  const closes = timeline.candles.close.slice(start, stop);
  const rates = Float64Array.from(levels.flatMap(({ sl, tp }) => [levelRate(sl), levelRate(tp)]));
  await Deno.writeFile(`${path}/close.f32`, new Uint8Array(closes.buffer));
  await Deno.writeFile(`${path}/levels.f64`, new Uint8Array(rates.buffer));
  await Deno.writeFile(`${path}/tapes.u8`, concat(tapes));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

function concat(tapes: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(tapes.reduce((total, tape) => total + tape.length, 0));
  let offset = 0;
  for (const tape of tapes) {
    joined.set(tape, offset);
    offset += tape.length;
  }
  return joined;
}
