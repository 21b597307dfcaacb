import {
  SLICE_ACCOUNT,
  SLICE_BARS,
  SLICE_CLOSE,
  SLICE_ORDERS,
  SLICE_PRICE_BLOCKS,
  SLICE_RUIN_BLOCKS,
} from "../layout.ts";
import { addressField, intField } from "../memory.ts";

// The slice that is traded: one record that every call is given in place of its parts. The tables are there once
// `writeTables` has made them.

/** Address of the first close. */
export function closeOf(slice: usize): usize {
  return addressField(slice, SLICE_CLOSE);
}

export function barsOf(slice: usize): i32 {
  return intField(slice, SLICE_BARS);
}

export function accountOf(slice: usize): usize {
  return addressField(slice, SLICE_ACCOUNT);
}

/** See `sweep/orders.ts`. */
export function ordersOf(slice: usize): usize {
  return addressField(slice, SLICE_ORDERS);
}

/** See `sweep/ruin_blocks.ts`. */
export function ruinBlocksOf(slice: usize): usize {
  return addressField(slice, SLICE_RUIN_BLOCKS);
}

/** See `sweep/price_range.ts`; 0 where nothing is measured. */
export function priceBlocksOf(slice: usize): usize {
  return addressField(slice, SLICE_PRICE_BLOCKS);
}
