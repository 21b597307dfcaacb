import type { TimeRange } from "../core/bars/mod.ts";
import { indicatorVariantKey, type SweepPlan, variantPayload } from "../core/grid/mod.ts";
import type { TopVariant } from "../core/job/mod.ts";
import { tradesPerJobMax, tradesPerRowMax } from "../core/limits/mod.ts";
import type { ReportedVariant } from "../core/report/mod.ts";
import type { ComputeSession } from "../ports/compute.ts";
import type { RankedVariant } from "./stage_b.ts";

/** What of trades is stored and answered. */
export const tradesKept = { perRow: tradesPerRowMax, inAll: tradesPerJobMax } as const;

/** How winners are reported. */
export interface ReportOptions {
  readonly session: ComputeSession;
  /** Reports under way at the same time, >= 1. */
  readonly inFlight: number;
  readonly requestRange: TimeRange;
  /** How many daily returns make a year. */
  readonly daysPerYear: number;
  /** Whether the trades of this rank are wanted. */
  withTrades(rank: number): boolean;
  /** Rows with more trades, and rows whose trades are too many with those of the ranks before them, are without. */
  readonly keep?: { readonly perRow: number; readonly inAll: number };
  /** Called before every report that is waited for; a rejection stops the rest and is passed on. */
  boundary(): Promise<void>;
}

/**
 * Replays ranked variants and builds their reports, several at a time; returns them in rank order. Rejects when return or
 * ranking metrics of a replay are not the ranked ones.
 */
export async function reportWinners(
  winners: readonly RankedVariant[],
  { session, inFlight, requestRange, daysPerYear, withTrades, keep, boundary }: ReportOptions,
): Promise<readonly ReportedVariant[]> {
  const underWay: Promise<ReportedVariant>[] = [];
  const start = ({ stageAIndex, riskIndex, rank }: RankedVariant) => {
    const limit = keep === undefined ? {} : { tradesMax: keep.perRow };
    const wish = { requestRange, daysPerYear, withTrades: withTrades(rank), ...limit };
    const report = session.report({ stageAIndex, riskIndex }, wish);
    // told when its turn comes; until then a rejection must not count as unhandled
    report.catch(() => {});
    underWay.push(report);
  };
  const reports: ReportedVariant[] = [];
  let tradesLeft = keep?.inAll ?? Infinity;
  try {
    for (const winner of winners) {
      for (const next of winners.slice(underWay.length, reports.length + inFlight)) start(next);
      await boundary();
      const report = await underWay[reports.length]!;
      confirm(winner, report);
      const trades = report.trades !== null && report.trades.length <= tradesLeft ? report.trades : null;
      tradesLeft -= trades?.length ?? 0;
      reports.push({ ...report, trades });
    }
    return reports;
  } finally {
    await Promise.allSettled(underWay);
  }
}

/** A result row without report and trades, as a running job shows it. */
export function summaryRow(variant: RankedVariant, plan: SweepPlan): TopVariant {
  return {
    rank: variant.rank,
    variantKey: variant.variantKey,
    indicatorVariantKey: indicatorVariantKey(plan, variant.stageAIndex),
    variantIndex: variant.variantIndex,
    totalReturnPct: variant.totalReturnPct,
    payload: variantPayload(plan, variant),
    metrics: null,
    sameAs: null,
    reportTableMd: null,
    trades: null,
  };
}

function confirm(
  ranked: RankedVariant,
  replayed: Pick<RankedVariant, "totalReturnPct" | "score" | "secondary">,
): void {
  const figures = ["totalReturnPct", "score", "secondary"] as const;
  for (const figure of figures.filter((name) => replayed[name] !== ranked[name])) {
    throw new Error(
      `Cannot finalise variant ${ranked.variantKey}: ranked with ${figure} ${ranked[figure]}, ` +
        `replayed with ${replayed[figure]}`,
    );
  }
}
