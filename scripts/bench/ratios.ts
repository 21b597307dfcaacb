import type { TapeTimes } from "./compare_tapes.ts";
import type { Times } from "./measure.ts";

/** Median times of the engines over ours; `scale` turns their sample into the whole workload. */
export function peerRatios(
  { wasm, c, vectorbt }: TapeTimes,
  { ours, scale }: { readonly ours: Times; readonly scale: number },
): Record<string, number> {
  const ratio = (times: Times) => (times.median_ms * scale) / ours.median_ms;
  return {
    wasm_bar_by_bar: ratio(wasm),
    ...(c ? { c_bar_by_bar: ratio(c) } : {}),
    ...(vectorbt ? { vectorbt: ratio(vectorbt) } : {}),
  };
}
