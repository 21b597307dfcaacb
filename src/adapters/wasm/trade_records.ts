import {
  REASON_FORCED,
  REASON_RUIN,
  REASON_SIGNAL,
  REASON_STOP,
  REASON_TARGET,
  SIDE_LONG,
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
  TRADE_STRIDE,
} from "../../../assembly/layout.ts";
import type { ExitReason, Trade } from "../../core/execution/mod.ts";

const reasons: Readonly<Record<number, ExitReason>> = {
  [REASON_SIGNAL]: "signal_exit",
  [REASON_STOP]: "sl",
  [REASON_TARGET]: "tp",
  [REASON_FORCED]: "forced_close",
  [REASON_RUIN]: "ruin",
};

/**
 * Reads `count` trade records of the module. `firstId` is the id of the first; bars of the records count from
 * `sliceStart`.
 */
export function readTrades(
  memory: WebAssembly.Memory,
  records: {
    readonly address: number;
    readonly count: number;
    readonly firstId: number;
    readonly sliceStart: number;
  },
): Trade[] {
  const { address, count, firstId, sliceStart } = records;
  const fields = new Float64Array(memory.buffer, address, count * TRADE_STRIDE / 8);
  return Array.from({ length: count }, (_, i) => {
    const field = (offset: number) => fields[(i * TRADE_STRIDE + offset) / 8]!;
    return {
      trade_id: firstId + i,
      direction: field(TRADE_SIDE) === SIDE_LONG ? "long" : "short",
      entry_bar_index: sliceStart + field(TRADE_ENTRY_BAR),
      exit_bar_index: sliceStart + field(TRADE_EXIT_BAR),
      entry_fill_price: field(TRADE_ENTRY_FILL),
      exit_fill_price: field(TRADE_EXIT_FILL),
      qty_base: field(TRADE_QUANTITY),
      entry_quote_amount: field(TRADE_ENTRY_QUOTE),
      exit_quote_amount: field(TRADE_EXIT_QUOTE),
      entry_fee_quote: field(TRADE_ENTRY_FEE),
      exit_fee_quote: field(TRADE_EXIT_FEE),
      gross_pnl_quote: field(TRADE_GROSS),
      net_pnl_quote: field(TRADE_NET),
      locked_profit_quote: field(TRADE_LOCKED),
      exit_reason: reasons[field(TRADE_REASON)]!,
    };
  });
}
