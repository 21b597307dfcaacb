import { type Finding, readWith, toErrorItems, valueErrorCode } from "../schema/zod_issues.ts";
import { requireStorable } from "../schema/storable.ts";
import { requestBodySchema } from "./body.ts";
import { readJsonText } from "../schema/json_text.ts";
import { type JsonObject, parseTimestamp } from "../core/text/mod.ts";
import type { BacktestRequest, BacktestTemplate, RankingRequest, RequestFrame } from "./request.ts";
import type { Preselect } from "../core/ranking/mod.ts";
import { BacktestError, findingsOf, validationError } from "../core/errors/mod.ts";

/** A body that was accepted and brought its template along. */
export interface TemplateRequest {
  readonly mode: "template";
  readonly request: BacktestRequest;
  /** The body with null members removed, model defaults filled in and times normalised to UTC: what is hashed. */
  readonly sent: JsonObject;
}

/** A body that was accepted and names a saved strategy, which nobody has looked for yet. */
export interface SavedRequest {
  readonly mode: "saved";
  readonly request: RequestFrame;
  readonly sent: JsonObject;
  /** Lower-case UUID. */
  readonly strategyId: string;
  /** What the strategy's template is changed by; empty for nothing. */
  readonly overrides: JsonObject;
}

/** A body that was accepted. */
export type ParsedRequest = TemplateRequest | SavedRequest;

/**
 * Reads a request body. Throws a `validation_error` whose items have paths below `body`: first for
 * members of the wrong form, then for the mode, then for values that do not go together.
 */
export function parseRequest(value: unknown): ParsedRequest {
  const reading = readWith(requestBodySchema, value);
  const findings = reading.ok ? [] : reading.findings;
  if (findings.some(isOfWrongForm)) throw invalid(findings);
  checkMode(value as JsonObject);
  if (!reading.ok) throw invalid(findings);
  const sent = withoutNulls(reading.value) as SentBody;
  requireStorable(sent, "body");
  const frame = toFrame(sent);
  if (sent.strategy_id !== undefined) {
    const { strategy_id: strategyId, overrides = {} } = sent;
    return { mode: "saved", request: frame, sent: { ...sent }, strategyId, overrides };
  }
  return { mode: "template", request: { ...frame, template: sent.template! }, sent: { ...sent } };
}

function toFrame(sent: SentBody): RequestFrame {
  const { time_range, warmup_bars, top_k, preselect, top_trades_n, ranking, fold_equal } = sent;
  return {
    time_range: { startMs: parseTimestamp(time_range.start)!, endMs: parseTimestamp(time_range.end)! },
    ...(warmup_bars !== undefined && { warmup_bars }),
    ...(top_k !== undefined && { top_k }),
    ...(preselect !== undefined && { preselect }),
    ...(top_trades_n !== undefined && { top_trades_n }),
    ...(ranking !== undefined && { ranking }),
    ...(fold_equal !== undefined && { fold_equal }),
  };
}

/** Reads the text of a request file. The message of a refusal is one line naming `label` and the first finding. */
export function parseRequestText(text: string, label: string): ParsedRequest {
  const value = readJsonText(text, label);
  try {
    return parseRequest(value);
  } catch (error) {
    if (!(error instanceof BacktestError)) throw error;
    const { items, total } = findingsOf(error);
    const first = `${items[0]!.path}: ${items[0]!.message}`;
    const more = total > 1 ? ` (and ${total - 1} more)` : "";
    throw validationError(`Cannot use request "${label}": ${first}${more}`, { items, total });
  }
}

/** The schema's output once its nulls are gone; of strategy and template there is exactly one. */
interface SentBody {
  readonly time_range: { readonly start: string; readonly end: string };
  readonly template?: BacktestTemplate;
  readonly strategy_id?: string;
  readonly overrides?: JsonObject;
  readonly warmup_bars?: number;
  readonly top_k?: number;
  readonly preselect?: Preselect;
  readonly top_trades_n?: number;
  readonly ranking?: RankingRequest;
  readonly fold_equal?: boolean;
}

function isOfWrongForm({ code }: Finding): boolean {
  return code !== valueErrorCode;
}

function invalid(findings: readonly Finding[]): BacktestError {
  return validationError("Validation failed", toErrorItems(findings, { root: "body" }));
}

function checkMode(body: JsonObject): void {
  const saved = (body.strategy_id ?? null) !== null;
  if (saved === ((body.template ?? null) !== null)) {
    const item = { code: "mode_conflict", message: "Provide exactly one of strategy_id or template" };
    throw validationError("POST /backtests requires exactly one mode: strategy_id xor template", [
      { path: "body.strategy_id", ...item },
      { path: "body.template", ...item },
    ]);
  }
  if (!saved && (body.overrides ?? null) !== null) {
    throw validationError("POST /backtests overrides are allowed only in saved mode", [
      {
        path: "body.overrides",
        code: "mode_conflict",
        message: "overrides are allowed only with strategy_id",
      },
    ]);
  }
}

/** A JSON value without the members that are null. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]));
}
