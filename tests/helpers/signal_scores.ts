import {
  MEASURE_DRAWDOWN,
  MEASURE_LOSS,
  MEASURE_PROFIT,
  MEASURE_STRIDE,
  MEASURE_TRADES,
  SIDE_LONG,
  SIDE_SHORT,
  SLICE_ACCOUNT,
  SLICE_BARS,
  SLICE_BYTES,
  SLICE_CLOSE,
  SLICE_RUIN_BLOCKS,
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
  const load = ({ close, account, variants }: SignalCase, measuring: boolean) => {
    bench.clear();
    const record = bench.f64(accountRecord(account));
    const masks = room(8 * variants.length);
    const addresses = variants.map((signals) => bench.masks(signals)).flatMap((
      { long, short },
    ) => [long, short]);
    new Uint32Array(kernels.memory.buffer, masks, addresses.length).set(addresses);
    const slice = writtenSlice(bench, { close, account: record, measuring, blindToRuin });
    const count = variants.length;
    const listed = [slice, masks, 1, sidesOf(account.directionMode), count] as const;
    return { count, listed, scores: room(8 * count) };
  };
  return {
    score(given) {
      const { listed, scores, count } = load(given, false);
      kernels.scoreSignals(...listed, room(kernels.signalBytes(count)), scores);
      return bench.readF64(scores, count);
    },
    measure(given) {
      const { listed, scores, count } = load(given, true);
      const measures = room(MEASURE_STRIDE * count);
      kernels.measureSignals(
        ...listed,
        room(kernels.measuredSignalBytes(count, given.close.length)),
        scores,
        measures,
      );
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

/**
 * Writes closes, the slice and its tables. Where kernels are to be blind to ruin, the ruin blocks are those of a market
 * without a price.
 */
export function writtenSlice(
  bench: KernelBench,
  { close, account, measuring, blindToRuin = false }: {
    readonly close: readonly number[];
    /** Address of its record. */
    readonly account: number;
    readonly measuring: boolean;
    readonly blindToRuin?: boolean;
  },
): number {
  const { kernels, room, column } = bench;
  const bars = close.length;
  const work = room(kernels.tableWorkBytes(bars));
  const written = (closes: number) => {
    const record = new DataView(kernels.memory.buffer, room(SLICE_BYTES), SLICE_BYTES);
    record.setUint32(SLICE_CLOSE, closes, true);
    record.setUint32(SLICE_BARS, bars, true);
    record.setUint32(SLICE_ACCOUNT, account, true);
    const tables = room(kernels.tableBytes(bars, Number(measuring)));
    kernels.writeTables(record.byteOffset, tables, work, Number(measuring));
    return record;
  };
  const slice = written(column(close));
  if (blindToRuin) {
    const priceless = written(column(new Float32Array(bars).fill(NaN)));
    slice.setUint32(SLICE_RUIN_BLOCKS, priceless.getUint32(SLICE_RUIN_BLOCKS, true), true);
  }
  return slice.byteOffset;
}

/** The sides a direction mode may open, as bits. */
export function sidesOf(mode: DirectionMode): number {
  if (mode === "long-only") return SIDE_LONG;
  return mode === "short-only" ? SIDE_SHORT : SIDE_LONG | SIDE_SHORT;
}
