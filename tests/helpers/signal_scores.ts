import {
  MEASURE_DRAWDOWN,
  MEASURE_LOSS,
  MEASURE_PROFIT,
  MEASURE_STRIDE,
  MEASURE_TRADES,
  SIDE_LONG,
  SIDE_SHORT,
} from "../../assembly/layout.ts";
import { accountRecord } from "../../src/adapters/wasm/account_record.ts";
import type { DirectionMode } from "../../src/core/execution/mod.ts";
import type { Signal } from "../oracle/rules.ts";
import type { KernelMeasures, RunCase } from "./kernel_run.ts";
import type { KernelBench } from "./series.ts";

/** What several variants trade, each by its own signals. */
export interface SignalCase extends Pick<RunCase, "close" | "account"> {
  readonly variants: readonly (readonly Signal[])[];
}

/** The kernels that score variants side by side, without stop and target. */
export interface SignalScores {
  /** Total returns in percent; NaN where a fill is impossible. */
  score(given: SignalCase): number[];
  measure(given: SignalCase): KernelMeasures[];
}

/** Runs the kernels on a bench that is cleared before each call. */
export function signalScores(
  bench: KernelBench,
  { blindToRuin = false }: { readonly blindToRuin?: boolean } = {},
): SignalScores {
  const { kernels, room } = bench;
  const load = ({ close, account, variants }: SignalCase) => {
    bench.clear();
    const bars = close.length;
    const record = bench.f64(accountRecord(account));
    const masks = room(8 * variants.length);
    const addresses = variants.map((signals) => bench.masks(signals)).flatMap((
      { long, short },
    ) => [long, short]);
    new Uint32Array(kernels.memory.buffer, masks, addresses.length).set(addresses);
    const column = bench.column(close);
    const fills = room(kernels.fillBytes(bars));
    kernels.writeFills(column, bars, record, fills);
    const ruin = ruinBlocks(bench, { close: column, bars, account: record, blindToRuin });
    const count = variants.length;
    const listed = [masks, 1, sidesOf(account.directionMode), count, bars, fills, record] as const;
    return { bars, count, column, ruin, listed, scores: room(8 * count) };
  };
  return {
    score(given) {
      const { listed, scores, count, column, ruin } = load(given);
      kernels.scoreSignals(...listed, room(kernels.signalBytes(count)), scores, column, ruin);
      return bench.readF64(scores, count);
    },
    measure(given) {
      const { listed, scores, count, bars, column, ruin } = load(given);
      const blocks = room(Math.ceil(bars / 64) * 8);
      const ranges = room(kernels.rangeBytes(bars));
      const measures = room(MEASURE_STRIDE * count);
      kernels.writePriceBlocks(column, bars, blocks);
      kernels.writePriceRanges(column, bars, ranges);
      const work = room(kernels.measuredSignalBytes(count));
      kernels.measureSignals(...listed, work, scores, column, ruin, blocks, ranges, measures);
      const field = (v: number, offset: number) =>
        bench.readF64(measures + v * MEASURE_STRIDE + offset, 1)[0]!;
      return bench.readF64(scores, count).map((returnPct, v) => ({
        returnPct,
        drawdown: field(v, MEASURE_DRAWDOWN),
        profit: field(v, MEASURE_PROFIT),
        loss: field(v, MEASURE_LOSS),
        trades: field(v, MEASURE_TRADES),
      }));
    },
  };
}

/** Writes the ruin blocks of an account; those of a market without a price, where kernels are to be blind. */
export function ruinBlocks(
  { kernels, room, column }: KernelBench,
  { close, bars, account, blindToRuin }: {
    readonly close: number;
    readonly bars: number;
    readonly account: number;
    readonly blindToRuin: boolean;
  },
): number {
  const written = room(kernels.ruinBytes(bars));
  const prices = blindToRuin ? column(new Float32Array(bars).fill(NaN)) : close;
  kernels.writeRuinBlocks(prices, bars, account, room(kernels.ruinWorkBytes(bars)), written);
  return written;
}

/** The sides a direction mode may open, as bits. */
export function sidesOf(mode: DirectionMode): number {
  if (mode === "long-only") return SIDE_LONG;
  return mode === "short-only" ? SIDE_SHORT : SIDE_LONG | SIDE_SHORT;
}
