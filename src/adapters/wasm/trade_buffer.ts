import {
  SIDE_LONG,
  TRADE_ENTRY_BAR,
  TRADE_ENTRY_FEE,
  TRADE_ENTRY_QUOTE,
  TRADE_EXIT_BAR,
  TRADE_EXIT_FEE,
  TRADE_GROSS,
  TRADE_LOCKED,
  TRADE_NET,
  TRADE_QUANTITY,
  TRADE_SIDE,
  TRADE_STRIDE,
} from "../../../assembly/layout.ts";
import { emptyTradeColumns, type TradeColumns } from "../../core/execution/mod.ts";

/** Trade records of one page. */
export interface TradePage {
  readonly address: number;
  readonly count: number;
  readonly sliceStart: number;
}

/** Trades of one variant as they come from the module, page by page; room is used again by the next variant. */
export interface TradeBuffer {
  /** What was added since the last clearing; dead with the next addition. */
  readonly trades: TradeColumns;
  clear(): void;
  /** Adds `count` trade records of the module; bars of the records count from `sliceStart`. */
  add(memory: WebAssembly.Memory, records: TradePage): void;
}

/** An empty buffer. */
export function createTradeBuffer(): TradeBuffer {
  let columns = emptyTradeColumns(1024);
  let used = 0;
  return {
    get trades() {
      return { ...columns, count: used };
    },
    clear() {
      used = 0;
    },
    add(memory, page) {
      const needed = used + page.count;
      if (needed > columns.net.length) columns = grown(columns, Math.max(needed, 2 * columns.net.length));
      copyRecords(columns, { memory, page, at: used });
      used = needed;
    },
  };
}

function copyRecords(
  columns: TradeColumns,
  { memory, page, at }: {
    readonly memory: WebAssembly.Memory;
    readonly page: TradePage;
    readonly at: number;
  },
): void {
  const { short, entryBar, exitBar, quantity, entryQuote, entryFee, exitFee, gross, net, locked } = columns;
  const { address, count, sliceStart } = page;
  const fields = new Float64Array(memory.buffer, address, count * TRADE_STRIDE / 8);
  for (let i = 0, record = 0; i < count; i++, record += TRADE_STRIDE / 8) {
    const to = at + i;
    short[to] = fields[record + TRADE_SIDE / 8] === SIDE_LONG ? 0 : 1;
    entryBar[to] = sliceStart + fields[record + TRADE_ENTRY_BAR / 8]!;
    exitBar[to] = sliceStart + fields[record + TRADE_EXIT_BAR / 8]!;
    quantity[to] = fields[record + TRADE_QUANTITY / 8]!;
    entryQuote[to] = fields[record + TRADE_ENTRY_QUOTE / 8]!;
    entryFee[to] = fields[record + TRADE_ENTRY_FEE / 8]!;
    exitFee[to] = fields[record + TRADE_EXIT_FEE / 8]!;
    gross[to] = fields[record + TRADE_GROSS / 8]!;
    net[to] = fields[record + TRADE_NET / 8]!;
    locked[to] = fields[record + TRADE_LOCKED / 8]!;
  }
}

function grown(columns: TradeColumns, length: number): TradeColumns {
  const larger = emptyTradeColumns(length);
  larger.short.set(columns.short);
  larger.entryBar.set(columns.entryBar);
  larger.exitBar.set(columns.exitBar);
  for (const name of ["quantity", "entryQuote", "entryFee", "exitFee", "gross", "net", "locked"] as const) {
    larger[name].set(columns[name]);
  }
  return larger;
}
