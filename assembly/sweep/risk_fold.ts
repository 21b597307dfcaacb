import { feeRate, lockRate, stakeMax } from "../execution/account.ts";
import { f64At, f64LanesAt, putF64Lanes } from "../memory.ts";

/**
 * Books one trade into every cell of the risk plane, two cells at a time: the formulas of execution/account.ts in the
 * same order. A cell leaves at its stop or its target, whichever comes first, the stop on a tie. Cells without cash
 * keep what they have.
 *
 * `cash` and `safe` hold `stopCount` rows of `lanes` cells, `lanes` even.
 */
export function foldTrade(
  isLong: bool,
  entryFill: f64,
  account: usize,
  stopBars: usize,
  stopFills: usize,
  stopCount: i32,
  targetBars: usize,
  targetFills: usize,
  lanes: i32,
  cash: usize,
  safe: usize,
): void {
  const fills = f64x2.splat(entryFill);
  const fees = f64x2.splat(feeRate(account));
  const limits = f64x2.splat(stakeMax(account));
  const zero = f64x2.splat(0);
  const share = lockRate(account);
  for (let row = 0; row < stopCount; row++) {
    const stopBar = f64x2.splat(f64At(stopBars, row));
    const stopFill = f64x2.splat(f64At(stopFills, row));
    for (let column = 0; column < lanes; column += 2) {
      const cell = row * lanes + column;
      const stopFirst = f64x2.le(stopBar, f64LanesAt(targetBars, column));
      const exitFill = v128.bitselect(stopFill, f64LanesAt(targetFills, column), stopFirst);
      const available = f64LanesAt(cash, cell);
      const quote = f64x2.pmin(available, limits);
      const trading = f64x2.gt(quote, zero);
      const exitQuote = f64x2.mul(f64x2.div(quote, fills), exitFill);
      const entryFee = f64x2.mul(quote, fees);
      const exitFee = f64x2.mul(exitQuote, fees);
      const gross = isLong ? f64x2.sub(exitQuote, quote) : f64x2.sub(quote, exitQuote);
      const opened = f64x2.sub(f64x2.sub(available, quote), entryFee);
      let closed = f64x2.sub(f64x2.add(f64x2.add(opened, quote), gross), exitFee);
      if (share > 0.0) {
        const net = f64x2.sub(f64x2.sub(gross, entryFee), exitFee);
        const won = v128.and(trading, f64x2.gt(net, zero));
        const locked = v128.and(won, f64x2.mul(net, f64x2.splat(share)));
        closed = f64x2.sub(closed, locked);
        putF64Lanes(safe, cell, f64x2.add(f64LanesAt(safe, cell), locked));
      }
      putF64Lanes(cash, cell, v128.bitselect(closed, available, trading));
    }
  }
}

/** Cells in a row of the plane: two are worked on at a time. */
export function evenLanes(targetCount: i32): i32 {
  return (targetCount + 1) & ~1;
}
