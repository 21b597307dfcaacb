import type { Lease } from "../../src/core/job/mod.ts";
import { reportedVariant, runData, topVariant } from "../contract/job_stores.ts";
import type { Ports } from "./audited_store.ts";
import type { Chance } from "./chance.ts";

/**
 * One write of somebody who remembers a lease, current or long gone, and often has one part of it wrong. The auditor sees
 * to it that it has an effect only when the lease is alive; a lease that is, is only read.
 */
export async function forgedWrite(
  { queue, results }: Ports,
  { chance, leases }: { readonly chance: Chance; readonly leases: readonly Lease[] },
): Promise<void> {
  const known = chance.oneOf(leases);
  const lease = chance.oneOf([
    known,
    { ...known, lockedBy: "stranger" },
    { ...known, attempt: known.attempt + 1 },
    { ...known, attempt: Math.max(1, known.attempt - 1) },
  ]);
  const alive = await queue.check(lease) !== null;
  if (alive) return;
  const rows = [reportedVariant(1)];
  const error = { code: "backtest_job_runner_failed", message: "forged", details: {} };
  const shortlist = { stageAIndexes: [0], stageAVariantsTotal: 1, riskTotal: 1, preselectUsed: 1 };
  await chance.oneOf<() => Promise<unknown>>([
    () => queue.heartbeat(lease, { leaseSeconds: 10 }),
    () => queue.updateProgress(lease, { stage: "stage_b", processedUnits: 0, totalUnits: 1 }),
    () => queue.saveRunData(lease, runData),
    () => queue.finish(lease, { state: "cancelled" }),
    () => queue.finish(lease, { state: "failed", error }),
    () => queue.succeed(lease, rows),
    () => queue.release(lease),
    () => queue.surrender(lease),
    () => results.replaceTopVariants(lease, [topVariant(1)]),
    () => results.saveShortlist(lease, shortlist),
  ])();
}
