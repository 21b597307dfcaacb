import { feeRate, lockRate, stakeMax } from "../execution/account.ts";
import { bookLanes, exitQuoteLanes, stakeLanes } from "../execution/account_lanes.ts";
import { f64At, f64LanesAt } from "../memory.ts";
import { Plane } from "./plane.ts";

/**
 * Books one trade into every cell of the risk plane, two cells at a time. A cell leaves at its stop or its target,
 * whichever comes first, the stop on a tie. Cells without cash keep what they have.
 */
export function foldTrade(plane: Plane, isLong: bool, entryFill: f64, account: usize): void {
  const stopBars = plane.stopBars;
  const stopFills = plane.stopFills;
  const stopCount = plane.stopCount;
  const targetBars = plane.targetBars;
  const targetFills = plane.targetFills;
  const lanes = plane.lanes;
  const cash = plane.cash;
  const safe = plane.safe;
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
      const quote = stakeLanes(f64LanesAt(cash, cell), limits);
      const trading = f64x2.gt(quote, zero);
      const proceeds = exitQuoteLanes(quote, fills, exitFill);
      const gross = isLong ? f64x2.sub(proceeds, quote) : f64x2.sub(quote, proceeds);
      const entryFee = f64x2.mul(quote, fees);
      const exitFee = f64x2.mul(proceeds, fees);
      bookLanes(cash, safe, cell, quote, gross, entryFee, exitFee, trading, share);
    }
  }
}
