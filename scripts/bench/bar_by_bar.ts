import {
  ACCOUNT_BYTES,
  OUTCOME_AVAILABLE,
  OUTCOME_BYTES,
  OUTCOME_SAFE,
  SIDE_LONG,
  SIDE_SHORT,
  SLICE_ACCOUNT,
  SLICE_BARS,
  SLICE_BYTES,
  SLICE_CLOSE,
  TRADE_STRIDE,
} from "../../assembly/layout.ts";
import { accountRecord } from "../../src/adapters/wasm/account_record.ts";
import { planArena, reserveMemory } from "../../src/adapters/wasm/arena.ts";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels } from "../../src/adapters/wasm/kernels.ts";
import { levelRate } from "../../src/adapters/wasm/risk_levels.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import type { Levels } from "./tape_run.ts";

/** The replay kernel alone, in an instance of its own, over signals that are already there. */
export interface BarByBar {
  load(sides: Uint8Array): void;
  /** Total return in percent of the loaded signals. */
  run(levels: Levels): number;
}

/** What the module does without the fast path: one variant, bar by bar. */
export function barByBar({ timeline, plan }: SweepInput): BarByBar {
  const { start, stop } = timeline.slice;
  const bars = stop - start;
  const kernels = instantiateKernels(kernelModule());
  const words = Math.ceil(bars / 64);
  const { at, end } = planArena({
    account: ACCOUNT_BYTES,
    slice: SLICE_BYTES,
    outcome: OUTCOME_BYTES,
    trades: 2 * TRADE_STRIDE,
    close: 4 * bars,
    long: 8 * words,
    short: 8 * words,
  });
  reserveMemory(kernels.memory, end);
  const { buffer } = kernels.memory;
  new Float64Array(buffer, at.account, ACCOUNT_BYTES / 8).set(accountRecord(plan));
  new Float32Array(buffer, at.close, bars).set(timeline.candles.close.subarray(start, stop));
  const slice = new DataView(buffer, at.slice, SLICE_BYTES);
  slice.setUint32(SLICE_CLOSE, at.close, true);
  slice.setUint32(SLICE_BARS, bars, true);
  slice.setUint32(SLICE_ACCOUNT, at.account, true);
  const outcome = new DataView(buffer, at.outcome, OUTCOME_BYTES);
  return {
    load(sides) {
      writeMask(new Uint8Array(buffer, at.long, 8 * words), { sides, side: SIDE_LONG });
      writeMask(new Uint8Array(buffer, at.short, 8 * words), { sides, side: SIDE_SHORT });
    },
    run({ sl, tp }) {
      const { slice, long, short, trades } = at;
      const levels = [levelRate(sl), levelRate(tp)] as const;
      kernels.replay(slice, long, short, ...levels, 0, 1, trades, at.outcome);
      const equity = outcome.getFloat64(OUTCOME_AVAILABLE, true) + outcome.getFloat64(OUTCOME_SAFE, true);
      return (equity / plan.execution.init_cash_quote - 1) * 100;
    },
  };
}

function writeMask(
  bytes: Uint8Array,
  { sides, side }: { readonly sides: Uint8Array; readonly side: number },
): void {
  bytes.fill(0);
  for (let t = 0; t < sides.length; t++) if (sides[t] === side) bytes[t >> 3]! |= 1 << (t & 7);
}
