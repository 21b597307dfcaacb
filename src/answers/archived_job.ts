import { z } from "zod";
import { BacktestError, type ErrorItem, validationError } from "../core/errors/mod.ts";
import {
  type ArchivedJob,
  archiveFormat,
  archiveVersion,
  jobStates,
  requireArchived,
  type RunData,
  type StoredTopVariant,
} from "../core/job/mod.ts";
import type { VariantMetrics } from "../core/report/mod.ts";
import { canonicalJson, type JsonObject, sha256Hex, shown, uuidPattern } from "../core/text/mod.ts";
import { dataCoverageSchema, planeAxisSchema, sameAsSchema, tradeSchema } from "./parts.ts";
import { requireStorable } from "../schema/storable.ts";
import { readWith, toFileItems } from "../schema/zod_issues.ts";

const uuid = z.string().regex(uuidPattern, "a lower-case UUID");
const hash = z.string().regex(/^[0-9a-f]{64}$/, "a lower-case hex SHA-256");
const count = z.int32("an integer").gte(0, "an integer >= 0");
// what a date can hold
const time = z.int("an integer").gte(-8.64e15, "epoch milliseconds").lte(8.64e15, "epoch milliseconds");
// taken as it is: a record schema would leave a member called __proto__ out
const object = z.custom<JsonObject>(isObject, "an object");

const runData: z.ZodType<RunData> = z.strictObject({
  data: z.strictObject({
    ...dataCoverageSchema.shape,
    bars: count,
    missing_bars: count,
    candles: z.enum(["own"]).exactOptional(),
  }),
  warnings: z.array(z.string().max(10_000)).max(100),
  barsBefore: count,
});

const job = z.strictObject({
  jobId: uuid,
  userId: uuid,
  mode: z.literal(["saved", "template"]),
  state: z.literal([...jobStates]),
  stage: z.literal(["stage_a", "stage_b", "finalizing"]),
  createdAtMs: time,
  updatedAtMs: time,
  startedAtMs: time.nullable(),
  finishedAtMs: time.nullable(),
  cancelRequestedAtMs: time.nullable(),
  requestJson: object,
  requestHash: hash,
  specHash: hash.nullable(),
  specPayloadJson: object.nullable(),
  engineParamsHash: hash,
  backtestRuntimeConfigHash: hash,
  traceId: z.string().regex(/^[0-9a-f]{32}$/, "32 lower-case hex digits").nullable(),
  processedUnits: count,
  totalUnits: count,
  progressUpdatedAtMs: time.nullable(),
  // nobody works on a job that has ended
  lockedBy: z.null(),
  lockedAtMs: z.null(),
  leaseExpiresAtMs: z.null(),
  heartbeatAtMs: z.null(),
  notBeforeMs: z.null(),
  attempt: count,
  retries: count,
  lastError: z.string().nullable(),
  lastErrorJson: z.strictObject({ code: z.string(), message: z.string(), details: object }).nullable(),
  runData: runData.nullable().default(null),
});

// a later version may have stored more of them
const metrics = z.record(z.string().max(100), z.union([z.number(), z.boolean(), z.null()]))
  .transform((stored) => stored as VariantMetrics);

const topVariant: z.ZodType<StoredTopVariant> = z.strictObject({
  jobId: uuid,
  rank: count,
  variantKey: z.string(),
  indicatorVariantKey: z.string(),
  variantIndex: count,
  totalReturnPct: z.number(),
  payload: z.custom<StoredTopVariant["payload"]>(isObject, "an object"),
  metrics: metrics.nullable().default(null),
  sameAs: sameAsSchema.strict().nullable().default(null),
  reportTableMd: z.string().nullable(),
  trades: z.array(tradeSchema.strict()).nullable()
    // JSON has no undefined: what is optional is there or not
    .transform((read) => read as StoredTopVariant["trades"]),
  updatedAtMs: time,
});

const shortlist = z.strictObject({
  jobId: uuid,
  stageAIndexes: z.array(count),
  stageAVariantsTotal: count,
  riskTotal: count,
  preselectUsed: count,
  updatedAtMs: time,
});

const planes = z.strictObject({
  jobId: uuid,
  variantKey: z.string(),
  axes: z.array(planeAxisSchema.strict()),
  planes: z.array(z.strictObject({ x: count, y: count, returns: z.array(z.array(z.number().nullable())) })),
  updatedAtMs: time,
});

const archivedJob: z.ZodType<ArchivedJob> = z.strictObject({
  job,
  idempotency: z.strictObject({ key: z.string().min(1).max(255), bodyHash: hash }).nullable(),
  topVariants: z.array(topVariant),
  shortlist: shortlist.nullable(),
  planes: planes.nullable(),
});

/**
 * Reads the text of an archive. Throws a `validation_error` of one line that names `file` and says what is wrong: no
 * archive at all, a newer format, a content that is not the one the checksum was made of, or rows no job can have left.
 */
export function parseArchive(text: string, file: string): ArchivedJob {
  const refuse = (fact: string, items: readonly ErrorItem[] = []) => {
    const message = `Cannot import "${file}": ${fact}`;
    return validationError(
      message,
      items.length > 0 ? items : [{ path: "file", code: "value_error", message }],
    );
  };
  const { format, version, sha256, content } = readHead(text);
  if (format !== archiveFormat) throw refuse("it is no archive of a job");
  if (!Number.isInteger(version) || (version as number) < 1) {
    throw refuse(`version must be an integer > 0, got ${shown(version)}`);
  }
  if ((version as number) > archiveVersion) {
    throw refuse(
      `its format is version ${version}, this program reads up to ${archiveVersion}; update the program`,
    );
  }
  if (content === undefined || sha256 !== sha256Hex(canonicalJson(content))) {
    throw refuse("the content does not match its checksum; the file was changed or damaged");
  }
  const reading = readWith(archivedJob, content);
  if (!reading.ok) {
    const items = toFileItems(reading.findings);
    throw refuse(items[0]!.message, items);
  }
  const fault = faultOf(reading.value);
  if (fault !== null) throw refuse(fault);
  return reading.value;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readHead(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Why no job can have left these rows; null when one can. */
function faultOf(archived: ArchivedJob): string | null {
  try {
    requireStorable(archived, "content");
    requireArchived(archived);
    return null;
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    if (!(error instanceof BacktestError)) throw error;
    return (error.details.errors as readonly ErrorItem[])[0]!.message;
  }
}
