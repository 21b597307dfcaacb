import {
  OUTCOME_AVAILABLE,
  OUTCOME_BAD_BAR,
  OUTCOME_SAFE,
  TRADE_ENTRY_BAR,
  TRADE_ENTRY_FEE,
  TRADE_ENTRY_FILL,
  TRADE_ENTRY_QUOTE,
  TRADE_EXIT_BAR,
  TRADE_EXIT_FEE,
  TRADE_EXIT_FILL,
  TRADE_EXIT_QUOTE,
  TRADE_GROSS,
  TRADE_LOCKED,
  TRADE_NET,
  TRADE_QUANTITY,
  TRADE_REASON,
  TRADE_SIDE,
} from "../layout.ts";
import { field, putField } from "../memory.ts";
import {
  afterClose,
  afterOpen,
  entryFactor,
  exitFactor,
  feeRate,
  grossProfit,
  isFill,
  lockedProfit,
  lockRate,
  netProfit,
} from "./account.ts";

/** Fills the entry half of a trade record and takes the cash; false when no order can be filled at this close. */
export function openTrade(
  trade: usize,
  side: i32,
  bar: i32,
  price: f64,
  quote: f64,
  account: usize,
  outcome: usize,
): bool {
  const fill = price * entryFactor(account, side);
  if (!isFill(fill)) return refuse(bar, outcome);
  const fee = quote * feeRate(account);
  putField(trade, TRADE_SIDE, side as f64);
  putField(trade, TRADE_ENTRY_BAR, bar as f64);
  putField(trade, TRADE_ENTRY_FILL, fill);
  putField(trade, TRADE_QUANTITY, quote / fill);
  putField(trade, TRADE_ENTRY_QUOTE, quote);
  putField(trade, TRADE_ENTRY_FEE, fee);
  putField(outcome, OUTCOME_AVAILABLE, afterOpen(field(outcome, OUTCOME_AVAILABLE), quote, fee));
  return true;
}

/** Fills the exit half of a trade record and books the result; false when no order can be filled at this close. */
export function closeTrade(
  trade: usize,
  bar: i32,
  price: f64,
  reason: i32,
  account: usize,
  outcome: usize,
): bool {
  const side = field(trade, TRADE_SIDE) as i32;
  const fill = price * exitFactor(account, side);
  if (!isFill(fill)) return refuse(bar, outcome);
  const quote = field(trade, TRADE_ENTRY_QUOTE);
  const exitQuote = field(trade, TRADE_QUANTITY) * fill;
  const fee = exitQuote * feeRate(account);
  const gross = grossProfit(side, quote, exitQuote);
  const net = netProfit(gross, field(trade, TRADE_ENTRY_FEE), fee);
  const locked = lockedProfit(net, lockRate(account));
  putField(trade, TRADE_EXIT_BAR, bar as f64);
  putField(trade, TRADE_EXIT_FILL, fill);
  putField(trade, TRADE_EXIT_QUOTE, exitQuote);
  putField(trade, TRADE_EXIT_FEE, fee);
  putField(trade, TRADE_GROSS, gross);
  putField(trade, TRADE_NET, net);
  putField(trade, TRADE_LOCKED, locked);
  putField(trade, TRADE_REASON, reason as f64);
  const available = afterClose(field(outcome, OUTCOME_AVAILABLE), quote, gross, fee);
  putField(outcome, OUTCOME_AVAILABLE, available - locked);
  putField(outcome, OUTCOME_SAFE, field(outcome, OUTCOME_SAFE) + locked);
  return true;
}

function refuse(bar: i32, outcome: usize): bool {
  putField(outcome, OUTCOME_BAD_BAR, bar as f64);
  return false;
}
