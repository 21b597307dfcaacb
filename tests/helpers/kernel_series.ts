import { COLUMN_SLACK } from "../../assembly/layout.ts";
import { kernelOf, outputKernel } from "../../src/adapters/wasm/indicator_series.ts";
import type { AxisValues } from "../../src/adapters/wasm/series/series_kernel.ts";
import { findIndicator } from "../../src/core/catalogue/mod.ts";
import type { OracleCandles } from "../oracle/candles.ts";
import type { KernelBench } from "./series.ts";

const untouched = 7.25;

/** Computes an indicator's scored output, or another, over whole candles on a bench that is cleared first. */
export function kernelSeries(
  bench: KernelBench,
  indicator: {
    readonly id: string;
    readonly values: AxisValues;
    readonly candles: OracleCandles;
    readonly output?: string | undefined;
  },
): number[] {
  const { candles, id, values } = indicator;
  const output = indicator.output ?? findIndicator(id)!.output;
  const { kernels } = bench;
  const bars = candles.close.length;
  bench.clear();
  const columns = {
    open: bench.column(candles.open),
    high: bench.column(candles.high),
    low: bench.column(candles.low),
    close: bench.column(candles.close),
    volume: bench.column(candles.volume),
    hl2: bench.room(4 * bars),
    hlc3: bench.room(4 * bars),
    ohlc4: bench.room(4 * bars),
  };
  const { open, high, low, close } = columns;
  kernels.hl2(high, low, columns.hl2, bars);
  kernels.hlc3(high, low, close, columns.hlc3, bars);
  kernels.ohlc4(open, high, low, close, columns.ohlc4, bars);
  const place = {
    target: bench.room(4 * bars),
    scratch: bench.room(8 * (bars + COLUMN_SLACK) * kernelOf(id).scratch),
    bars,
  };
  const behind = bench.f64([untouched]);
  outputKernel(id, output)(kernels, values, { ...place, column: (name) => columns[name] });
  if (bench.readF64(behind, 1)[0] !== untouched) throw new Error(`${id} writes behind its scratch memory`);
  return bench.readF32(place.target, bars);
}
