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

/** Address of a column or of a source derived from columns. */
export type PriceColumns = (name: Column | Source) => number;

/**
 * Columns and derived sources in their regions, whose memory must have been reserved; each is written when it is asked for
 * first, as most sweeps read few of them.
 */
export function priceColumns(
  kernels: Kernels,
  { prices, at }: { readonly prices: Prices; readonly at: Readonly<Record<Column | Source, number>> },
): PriceColumns {
  const written = new Set<Column | Source>();
  const bars = prices.close.length;
  const addressOf: PriceColumns = (name) => {
    if (!written.has(name)) {
      write(name);
      written.add(name);
    }
    return at[name];
  };
  const write = (name: Column | Source) => {
    switch (name) {
      case "hl2":
        return kernels.hl2(addressOf("high"), addressOf("low"), at.hl2, bars);
      case "hlc3":
        return kernels.hlc3(addressOf("high"), addressOf("low"), addressOf("close"), at.hlc3, bars);
      case "ohlc4": {
        const [open, high, low, close] = [
          addressOf("open"),
          addressOf("high"),
          addressOf("low"),
          addressOf("close"),
        ];
        return kernels.ohlc4(open, high, low, close, at.ohlc4, bars);
      }
      default:
        return new Float32Array(kernels.memory.buffer, at[name], bars).set(prices[name]);
    }
  };
  return addressOf;
}
