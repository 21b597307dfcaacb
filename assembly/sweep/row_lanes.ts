import { i32At } from "../memory.ts";
import { SHORT } from "./trade_lists.ts";

// What a row of two lists says of two trades, as lanes.

/** Lanes of ones where a row's entry opens a short. */
export function shortLanes(entries: usize): v128 {
  const rows = v128.load64_zero(entries);
  return i32x4.shr_s(i32x4.shl(v128.shuffle<i32>(rows, rows, 0, 0, 1, 1), 31), 31);
}

/** The closes at a row's entries. */
export function entryCloses(orders: usize, entries: usize): v128 {
  return closesAt(orders, i32At(entries, 0) & ~SHORT, i32At(entries, 1) & ~SHORT);
}

/** The closes at a row's exits. */
export function exitCloses(orders: usize, exits: usize): v128 {
  return closesAt(orders, i32At(exits, 0), i32At(exits, 1));
}

function closesAt(orders: usize, left: i32, right: i32): v128 {
  const first = v128.load32_zero(orders + (left as usize));
  return f64x2.promote_low_f32x4(v128.load32_lane(orders + (right as usize), first, 1));
}
