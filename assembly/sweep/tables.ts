import { accountOf, barsOf, closeOf } from "../execution/slice.ts";
import { SLICE_ORDERS, SLICE_PRICE_BLOCKS, SLICE_RUIN_BLOCKS } from "../layout.ts";
import { putAddressField } from "../memory.ts";
import { orderBytes, writeOrders } from "./orders.ts";
import { blockBytes, writePriceBlocks } from "./price_range.ts";
import { ruinBytes, ruinWorkBytes, writeRuinBlocks } from "./ruin_blocks.ts";

// What is worked out once for a slice and an account, so that scoring a variant need not look at every bar.

/** Bytes of the tables of that many bars; those of extreme closes are needed only where more than the return is measured. */
export function tableBytes(bars: i32, measuring: i32): f64 {
  const always = even(orderBytes(bars)) + even(ruinBytes(bars));
  return measuring == 0 ? always : always + even(blockBytes(bars));
}

/** Bytes that `writeTables` works with; free again when it returns. */
export function tableWorkBytes(bars: i32): f64 {
  return ruinWorkBytes(bars);
}

/** Makes the tables of a slice at `tables` and writes into its record where they are. */
export function writeTables(slice: usize, tables: usize, work: usize, measuring: i32): void {
  const close = closeOf(slice);
  const bars = barsOf(slice);
  const account = accountOf(slice);
  assert(bars >= 0);
  const ruinBlocks = tables + (even(orderBytes(bars)) as usize);
  const priceBlocks = ruinBlocks + (even(ruinBytes(bars)) as usize);
  writeOrders(close, bars, tables);
  writeRuinBlocks(close, bars, account, work, ruinBlocks);
  if (measuring != 0) writePriceBlocks(close, bars, priceBlocks);
  putAddressField(slice, SLICE_ORDERS, tables);
  putAddressField(slice, SLICE_RUIN_BLOCKS, ruinBlocks);
  putAddressField(slice, SLICE_PRICE_BLOCKS, measuring == 0 ? 0 : priceBlocks);
}

/** Rounded up to a multiple of 16, so that SIMD reads and writes are aligned. */
function even(bytes: f64): f64 {
  return ceil<f64>(bytes / 16.0) * 16.0;
}
