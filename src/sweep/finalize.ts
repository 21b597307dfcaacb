import type { Timeline, TimeRange } from "../core/candles.ts";
import type { Replay } from "../core/execution.ts";
import type { TopVariant } from "../core/job.ts";
import { variantPayload } from "../core/grid.ts";
import type { SweepPlan } from "../core/plan.ts";
import { buildReport, type Report } from "../core/report.ts";
import { indicatorVariantKey } from "../core/variant_key.ts";
import type { ComputeSession } from "../ports/compute.ts";
import type { RankedVariant } from "./stage_b.ts";

/** A ranked variant with its exact trades and its report. */
export interface VariantDetails {
  readonly replay: Replay;
  readonly report: Report;
}

/** What the details of a variant are computed from. */
export interface DetailsInput {
  readonly session: ComputeSession;
  readonly plan: SweepPlan;
  readonly timeline: Timeline;
  /** The range as requested; it heads the report. */
  readonly requestRange: TimeRange;
}

/** Replays a ranked variant and builds its report. Rejects when the replay's return is not the ranked one. */
export async function variantDetails(variant: RankedVariant, input: DetailsInput): Promise<VariantDetails> {
  const { stageAIndex, riskIndex } = variant;
  const replay = await input.session.replay({ stageAIndex, riskIndex });
  if (replay.total_return_pct !== variant.totalReturnPct) {
    throw new Error(
      `Cannot finalise variant ${variant.variantKey}: ranked with ${variant.totalReturnPct} %, replayed with ` +
        `${replay.total_return_pct} %`,
    );
  }
  const report = buildReport({
    replay,
    timeline: input.timeline,
    requestRange: input.requestRange,
    execution: input.plan.execution,
  });
  return { replay, report };
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
    reportTableMd: null,
    trades: null,
  };
}
