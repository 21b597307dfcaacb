import {
  ACCOUNT_BYTES,
  OUTCOME_AVAILABLE,
  OUTCOME_BAD_BAR,
  OUTCOME_BYTES,
  OUTCOME_SAFE,
  SLICE_ACCOUNT,
  SLICE_BARS,
  SLICE_BYTES,
  SLICE_CLOSE,
  TRADE_STRIDE,
} from "../../../assembly/layout.ts";
import type { Replay, Trade } from "../../core/execution/mod.ts";
import type { SignalReplay, SignalReplayInput, UnfilledBar } from "../../ports/signal_replay.ts";
import { accountRecord } from "./account_record.ts";
import { type Arena, planArena, reserveMemory } from "./arena.ts";
import { kernelModule } from "./kernel_module.ts";
import { instantiateKernels, type Kernels } from "./kernels.ts";
import { bytesOfColumn } from "./price_columns.ts";
import { levelRate } from "./risk_levels.ts";
import { readTrades } from "./trade_records.ts";

/** Trades of one call of the module. */
const tradesPerPage = 1024;

/** The module's replay in the calling thread; an instance lives as long as one replay, so nothing is held between them. */
export function createSignalReplay(): SignalReplay {
  return {
    replay(input) {
      const kernels = instantiateKernels(kernelModule());
      return replayed(kernels, { input, at: loaded(kernels, input).at });
    },
  };
}

function loaded(kernels: Kernels, input: SignalReplayInput): Arena<RegionName> {
  const bars = input.close.length;
  const maskBytes = Math.ceil(bars / 64) * 8;
  const arena = planArena({
    account: ACCOUNT_BYTES,
    slice: SLICE_BYTES,
    outcome: OUTCOME_BYTES,
    close: bytesOfColumn(bars),
    longMask: maskBytes,
    shortMask: maskBytes,
    trades: (tradesPerPage + 1) * TRADE_STRIDE,
  });
  reserveMemory(kernels.memory, arena.end);
  const { buffer } = kernels.memory;
  const { at } = arena;
  new Float64Array(buffer, at.account, ACCOUNT_BYTES / 8).set(accountRecord(input));
  new Float32Array(buffer, at.close, bars).set(input.close);
  // a side that may not be opened is no signal: it closes the other one
  if (input.directionMode !== "short-only") put(buffer, at.longMask, input.sides.long);
  if (input.directionMode !== "long-only") put(buffer, at.shortMask, input.sides.short);
  const record = new DataView(buffer, at.slice, SLICE_BYTES);
  record.setUint32(SLICE_CLOSE, at.close, true);
  record.setUint32(SLICE_BARS, bars, true);
  record.setUint32(SLICE_ACCOUNT, at.account, true);
  return arena;
}

type RegionName = "account" | "slice" | "outcome" | "close" | "longMask" | "shortMask" | "trades";

function replayed(
  kernels: Kernels,
  { input, at }: { readonly input: SignalReplayInput; readonly at: Arena<RegionName>["at"] },
): Replay | UnfilledBar {
  const { execution, risk, firstBar } = input;
  const outcome = (offset: number) => new Float64Array(kernels.memory.buffer, at.outcome + offset, 1)[0]!;
  const levels = [levelRate(risk.sl_pct), levelRate(risk.tp_pct)] as const;
  const masks = [at.longMask, at.shortMask] as const;
  const trades: Trade[] = [];
  let count: number;
  do {
    const skip = trades.length;
    count = kernels.replay(at.slice, ...masks, ...levels, skip, tradesPerPage, at.trades, at.outcome);
    if (count < 0) return { badBar: firstBar + outcome(OUTCOME_BAD_BAR) };
    const page = { address: at.trades, count: Math.min(tradesPerPage, count - skip), firstId: skip + 1 };
    trades.push(...readTrades(kernels.memory, { ...page, sliceStart: firstBar }));
  } while (trades.length < count);
  const [available, safe] = [outcome(OUTCOME_AVAILABLE), outcome(OUTCOME_SAFE)];
  const equity = available + safe;
  return {
    trades,
    total_return_pct: (equity / execution.init_cash_quote - 1) * 100,
    equity_end_quote: equity,
    available_quote: available,
    safe_quote: safe,
  };
}

function put(buffer: ArrayBufferLike, address: number, words: Uint32Array): void {
  new Uint32Array(buffer, address, words.length).set(words);
}
