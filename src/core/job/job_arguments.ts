import type { WinnerPlanes } from "../grid/mod.ts";
import { isTraceId, isUuid } from "../text/mod.ts";
import {
  isTerminal,
  type Job,
  type Lease,
  type NewJob,
  type Shortlist,
  stages,
  type TopVariant,
} from "./job.ts";

const hashPattern = /^[0-9a-f]{64}$/;
/** Counters and indexes are stored as 32-bit integers. */
const maxStoredInteger = 2 ** 31 - 1;

/** Throws a TypeError unless a new job can be stored: ids, hashes, and a snapshot exactly in saved mode. */
export function requireNewJob(job: NewJob): void {
  requireUuid("job id", job.jobId);
  requireUuid("user id", job.userId);
  requireHash("request hash", job.requestHash);
  requireHash("engine params hash", job.engineParamsHash);
  requireHash("runtime config hash", job.backtestRuntimeConfigHash);
  requireFilledObject("request", job.requestJson);
  const refuse = (fact: string) => new TypeError(`Cannot store ${job.mode} job "${job.jobId}": ${fact}`);
  if (job.mode === "saved") {
    if (job.specHash === null || job.specPayloadJson === null) {
      throw refuse("the strategy snapshot is missing");
    }
    requireHash("spec hash", job.specHash);
    requireFilledObject("strategy snapshot", job.specPayloadJson);
  } else if (job.specHash !== null || job.specPayloadJson !== null) {
    throw refuse("a strategy snapshot belongs to saved jobs only");
  }
}

/** Throws a TypeError unless the trace id, if there is one, is one of the W3C standard. */
export function requireTraceId(traceId: string | undefined): void {
  if (traceId === undefined || isTraceId(traceId)) return;
  throw new TypeError(
    `Cannot use trace id "${traceId}": not 32 lower-case hex digits with one that is not 0`,
  );
}

/** Throws a TypeError unless `value` is a lower-case UUID. */
export function requireUuid(name: string, value: string): void {
  if (!isUuid(value)) throw new TypeError(`Cannot use ${name} "${value}": not a lower-case UUID`);
}

/** Throws a TypeError unless `value` is an integer from `min` (default 1) to `max` (default the largest stored). */
export function requireInteger(
  value: number,
  options: { readonly name: string; readonly min?: number; readonly max?: number },
): void {
  const { name, min = 1, max = maxStoredInteger } = options;
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new TypeError(`Cannot use ${name} ${value}: not an integer from ${min} to ${max}`);
  }
}

/** Throws a TypeError unless `lockedBy` is a text without blanks around it. */
export function requireOwner(lockedBy: string): void {
  if (lockedBy === "" || lockedBy !== lockedBy.trim()) {
    throw new TypeError(`Cannot use lease owner "${lockedBy}": blank, or blanks around it`);
  }
}

/** Throws a TypeError unless somebody claims for a time and with a budget. */
export function requireClaim(
  claim: { readonly lockedBy: string; readonly leaseSeconds: number; readonly maxAttempts?: number },
): void {
  requireOwner(claim.lockedBy);
  requireInteger(claim.leaseSeconds, { name: "lease seconds" });
  if (claim.maxAttempts !== undefined) requireInteger(claim.maxAttempts, { name: "max attempts" });
}

/** Throws a TypeError unless the three parts of a fence are well formed. */
export function requireLease(lease: Lease): void {
  requireUuid("job id", lease.jobId);
  requireOwner(lease.lockedBy);
  requireInteger(lease.attempt, { name: "attempt" });
}

/** Throws a TypeError unless the counters fit their stage: `processedUnits <= totalUnits`, or no total yet. */
export function requireProgress(progress: Pick<Job, "stage" | "processedUnits" | "totalUnits">): void {
  const { stage, processedUnits, totalUnits } = progress;
  if (!stages.includes(stage)) {
    throw new TypeError(`Cannot use stage "${stage}": not one of ${stages.join(", ")}`);
  }
  requireInteger(processedUnits, { name: "processed units", min: 0 });
  requireInteger(totalUnits, { name: "total units", min: 0 });
  if (totalUnits > 0 && processedUnits > totalUnits) {
    throw new TypeError(
      `Cannot store progress ${processedUnits}/${totalUnits}: more processed than there are`,
    );
  }
}

/** Throws a TypeError unless a job may end this way without a result. */
export function requireEnding(ending: Pick<Job, "state"> & { readonly error?: Job["lastErrorJson"] }): void {
  if (!isTerminal(ending.state) || ending.state === "succeeded") {
    throw new TypeError(`Cannot finish a job as "${ending.state}": not failed or cancelled`);
  }
  if (ending.state !== "failed") return;
  if (!ending.error?.code.trim() || !ending.error.message.trim()) {
    throw new TypeError("Cannot finish a job as failed: error code or message is blank");
  }
}

/** Throws a TypeError unless the rows of a running job can be stored: valid, and still without reports. */
export function requireSnapshot(rows: readonly TopVariant[]): void {
  requireTopVariants(rows);
  const reported = rows.find(({ reportTableMd, trades, metrics, sameAs }) =>
    reportTableMd !== null || trades !== null || metrics !== null || sameAs !== null
  );
  if (reported) {
    throw new TypeError(`Cannot store a report at rank ${reported.rank}: the job has not succeeded`);
  }
}

/** Throws a TypeError unless ranks and keys are unique and every value can be stored. */
export function requireTopVariants(rows: readonly TopVariant[]): void {
  const ranks = new Set<number>();
  const keys = new Set<string>();
  for (const row of rows) {
    const { rank, variantKey } = row;
    requireInteger(rank, { name: "rank" });
    requireInteger(row.variantIndex, { name: `variant index at rank ${rank}`, min: 0 });
    const refuse = (fact: string) => new TypeError(`Cannot store the variant at rank ${rank}: ${fact}`);
    if (ranks.has(rank)) throw refuse("the rank is taken");
    if (keys.has(variantKey)) throw refuse(`variant key ${variantKey} is taken`);
    if (!variantKey.trim() || !row.indicatorVariantKey.trim()) throw refuse("a key is blank");
    if (!Number.isFinite(row.totalReturnPct)) {
      throw refuse(`total return ${row.totalReturnPct} is not finite`);
    }
    if (row.reportTableMd?.trim() === "") throw refuse("the report is blank");
    const infinite = Object.entries(row.metrics ?? {}).find(([, value]) =>
      typeof value === "number" && !Number.isFinite(value)
    );
    if (infinite) throw refuse(`metric ${infinite[0]} ${infinite[1]} is not finite`);
    if (row.sameAs !== null) requireInteger(row.sameAs.count, { name: `same_as count at rank ${rank}` });
    ranks.add(rank);
    keys.add(variantKey);
  }
}

/** Throws a TypeError unless the shortlist has indexes and positive totals. */
export function requireShortlist(shortlist: Shortlist): void {
  requireInteger(shortlist.stageAVariantsTotal, { name: "stage A variants total" });
  requireInteger(shortlist.riskTotal, { name: "risk total" });
  requireInteger(shortlist.preselectUsed, { name: "preselect used" });
  if (shortlist.stageAIndexes.length === 0) {
    throw new TypeError("Cannot store a shortlist: it has no indexes");
  }
  for (const index of shortlist.stageAIndexes) requireInteger(index, { name: "stage A index", min: 0 });
}

/** Throws a TypeError unless every plane has the shape of its two axes. */
export function requirePlanes({ variantKey, axes, planes }: WinnerPlanes): void {
  if (!variantKey.trim()) throw new TypeError("Cannot store planes: the winner's key is blank");
  for (const { name, values, winner } of axes) {
    requireInteger(winner, { name: `winner on ${name}`, min: 0, max: values.length - 1 });
  }
  for (const { x, y, returns } of planes) {
    const width = axes[x]?.values.length;
    const fits = returns.length === axes[y]?.values.length && returns.every((row) => row.length === width);
    if (x >= y || !fits) throw new TypeError(`Cannot store plane ${x}, ${y}: it does not fit its axes`);
  }
}

function requireHash(name: string, value: string): void {
  if (!hashPattern.test(value)) {
    throw new TypeError(`Cannot use ${name} "${value}": not a lower-case hex SHA-256`);
  }
}

function requireFilledObject(name: string, value: Readonly<Record<string, unknown>>): void {
  if (Array.isArray(value) || Object.keys(value).length === 0) {
    throw new TypeError(`Cannot store an empty ${name}: it needs at least one member`);
  }
}
