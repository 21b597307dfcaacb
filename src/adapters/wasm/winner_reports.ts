import { OUTCOME_AVAILABLE, OUTCOME_BAD_BAR, OUTCOME_SAFE, TRADE_STRIDE } from "../../../assembly/layout.ts";
import { noRisk, type Trade } from "../../core/execution/mod.ts";
import { riskAt } from "../../core/grid/mod.ts";
import {
  type ReportDesk,
  reportDesk,
  type ReportedVariant,
  reportVariant,
  type ReportWish,
  withTimes,
} from "../../core/report/mod.ts";
import { sha256OfPieces } from "../../core/text/mod.ts";
import type { TradeDigests, VariantPoint } from "../../ports/compute.ts";
import type { Kernels } from "./kernels.ts";
import { levelRate } from "./risk_levels.ts";
import type { SessionInput } from "./session_input.ts";
import { type SessionArena, tradesPerCall } from "./session_memory.ts";
import { createTradeBuffer } from "./trade_buffer.ts";
import { readTrades } from "./trade_records.ts";
import { unscorableError } from "./unscorable.ts";
import type { VariantMasks } from "./variant_masks.ts";

/** What reports are made with. */
export interface VariantReportsOptions {
  readonly kernels: Kernels;
  readonly input: SessionInput;
  readonly arena: SessionArena;
  readonly masks: VariantMasks;
}

/** Trades variants of one session run by run and reports them. */
export interface VariantReports {
  /** See `ComputeSession.digestTrades`. */
  digestTrades(variants: readonly VariantPoint[]): TradeDigests;
  /** See `ComputeSession.report`. */
  report(variant: VariantPoint, wish: ReportWish): ReportedVariant;
}

/** Room for reports is made with the first one and used by all. */
export function createVariantReports(options: VariantReportsOptions): VariantReports {
  const { kernels, input, arena: { at }, masks } = options;
  const { plan, slice, prices, tsOpenMs, timeframeMs, tsCloseMs } = input;
  const bars = slice.stop - slice.start;
  const buffer = createTradeBuffer();
  let desk: ReportDesk | undefined;
  const outcome = (offset: number) => new Float64Array(kernels.memory.buffer, at.outcomes + offset, 1)[0]!;

  /** Trades the variant page by page; a page is what lies at `at.trades` until the next is made. */
  function* pages({ stageAIndex, riskIndex }: VariantPoint) {
    const risk = riskIndex === null ? noRisk : riskAt(plan, riskIndex);
    masks.combine(stageAIndex);
    const segments = kernels.listSegments(at.longMask, at.shortMask, bars, at.segments);
    // the first page is taken even without a segment: it opens the account
    for (let from = 0; from === 0 || from < segments; from += tradesPerCall) {
      const count = kernels.replaySegments(
        at.slice,
        at.segments,
        from,
        Math.min(from + tradesPerCall, segments),
        at.longMask,
        at.shortMask,
        levelRate(risk.sl_pct),
        levelRate(risk.tp_pct),
        at.trades,
        at.outcomes,
      );
      if (count < 0) throw unscorableError(input, { stageAIndex, badBar: outcome(OUTCOME_BAD_BAR) });
      yield { address: at.trades, count, sliceStart: slice.start };
    }
  }

  /** Trades the variant into the buffer; returns its trades as objects only if they are wanted, and are not too many. */
  const trade = (
    variant: VariantPoint,
    { withTrades, tradesMax = Infinity }: Pick<ReportWish, "withTrades" | "tradesMax">,
  ): readonly Trade[] | null => {
    let stored: Trade[] | null = withTrades ? [] : null;
    buffer.clear();
    for (const page of pages(variant)) {
      buffer.add(kernels.memory, page);
      if (stored !== null && stored.length + page.count > tradesMax) stored = null;
      stored?.push(...readTrades(kernels.memory, { ...page, firstId: stored.length + 1 }));
    }
    return stored;
  };

  /** The records of the variant's trades, all but the number of each of them. */
  function* records(variant: VariantPoint) {
    for (const { address, count } of pages(variant)) {
      yield new Uint8Array(kernels.memory.buffer, address, count * TRADE_STRIDE);
    }
  }

  return {
    digestTrades(variants) {
      const startedMs = performance.now();
      const digests = variants.map((variant) => sha256OfPieces(records(variant)));
      return { digests, elapsedMs: performance.now() - startedMs };
    },
    report(variant, { requestRange, daysPerYear, ...wish }) {
      desk ??= reportDesk({
        candles: { tsOpenMs, ...prices },
        timeframeMs,
        slice,
        ...(tsCloseMs ? { tsCloseMs } : {}),
      });
      const trades = trade(variant, wish);
      const storedTrades = trades && withTimes(trades, desk.timeline);
      const equity = outcome(OUTCOME_AVAILABLE) + outcome(OUTCOME_SAFE);
      const totalReturnPct = (equity / plan.execution.init_cash_quote - 1) * 100;
      const traded = { trades: buffer.trades, totalReturnPct, storedTrades };
      return reportVariant(traded, { plan, desk, requestRange, daysPerYear });
    },
  };
}
