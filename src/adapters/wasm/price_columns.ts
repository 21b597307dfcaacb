import { COLUMN_SLACK } from "../../../assembly/layout.ts";
import type { CandleColumns } from "../../core/bars/mod.ts";
import type { Column, Source } from "../../core/catalogue/mod.ts";
import { align } from "./arena.ts";
import type { Kernels } from "./kernels.ts";

/** Candle columns the module computes on. */
export type Prices = Pick<CandleColumns, Column>;

/** Bytes of one f32 column or series with its slack. */
export function bytesOfColumn(bars: number): number {
  return align((bars + COLUMN_SLACK) * 4);
}

/** Regions of the columns and the sources derived from them. */
export function priceRegions(columnBytes: number): Record<Column | Source, number> {
  return {
    open: columnBytes,
    high: columnBytes,
    low: columnBytes,
    close: columnBytes,
    volume: columnBytes,
    hl2: columnBytes,
    hlc3: columnBytes,
    ohlc4: columnBytes,
  };
}

/** Writes columns and derived sources into their regions, whose memory must have been reserved. */
export function loadPrices(
  kernels: Kernels,
  { prices, at }: { readonly prices: Prices; readonly at: Readonly<Record<Column | Source, number>> },
): void {
  const { buffer } = kernels.memory;
  const bars = prices.close.length;
  for (const name of ["open", "high", "low", "close", "volume"] as const) {
    new Float32Array(buffer, at[name], bars).set(prices[name]);
  }
  kernels.hl2(at.high, at.low, at.hl2, bars);
  kernels.hlc3(at.high, at.low, at.close, at.hlc3, bars);
  kernels.ohlc4(at.open, at.high, at.low, at.close, at.ohlc4, bars);
}
