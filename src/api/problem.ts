import { BacktestError, type ErrorCode, type ErrorItem, sortItems } from "../core/errors/mod.ts";
import { candleRetrySeconds } from "../core/limits/mod.ts";
import { scrub } from "../core/text/mod.ts";

/** The statuses an error is answered with. */
export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 429 | 431 | 500 | 503;

/** The one form of every error body. */
export interface ProblemBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details: Readonly<Record<string, unknown>>;
  };
}

/** An error as it is answered. */
export interface Problem {
  readonly status: ProblemStatus;
  readonly body: ProblemBody;
  /** `Retry-After` in whole seconds, `Allow`, or `WWW-Authenticate`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Status of the codes that are shown as they are; all others are an `unexpected_error`. */
const statuses: Partial<Readonly<Record<ErrorCode, ProblemStatus>>> = {
  validation_error: 422,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  malformed_request: 400,
  headers_too_large: 431,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  overloaded: 503,
  deadline_exceeded: 503,
  shutting_down: 503,
  no_candles: 422,
  market_data_unavailable: 503,
};

/**
 * The answer for anything thrown. The same error always gives the same bytes: detail keys and error items are sorted.
 * Nothing of an unexpected error is shown but its scrubbed message.
 */
export function toProblem(error: unknown): Problem {
  if (!(error instanceof BacktestError)) return unexpected("Unexpected backtest operation error", error);
  if (error.code === "storage_unavailable") return unexpected("Backtest storage operation failed", error);
  const { code } = error;
  const status = statuses[code];
  if (status === undefined) return unexpected("Unexpected backtest operation error", error);
  const body = { error: { code, message: error.message, details: detailsOf(error.details) } };
  return { status, body, headers: headersOf(error) };
}

/** Whether the log should tell of it: a failure of ours or of what we rest on, not the caller's. */
export function isOurs({ status, body }: Problem): boolean {
  return status === 500 || body.error.code === "market_data_unavailable";
}

function unexpected(message: string, error: unknown): Problem {
  const reason = scrub((error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, " "))
    .slice(
      0,
      reasonLengthMax,
    );
  return {
    status: 500,
    body: { error: { code: "unexpected_error", message, details: { reason } } },
    headers: {},
  };
}

const reasonLengthMax = 500;

/** When to come back, in s, where an error's details do not say it. */
const retrySeconds: Partial<Readonly<Record<ErrorCode, number>>> = {
  deadline_exceeded: 5,
  shutting_down: 5,
  market_data_unavailable: candleRetrySeconds,
};

/** When a job of a full quota may have ended, in s; nobody knows. */
const quotaRetrySeconds = 10;

function itemsOf({ errors }: BacktestError["details"]): readonly ErrorItem[] {
  return Array.isArray(errors) ? errors : [];
}

function headersOf({ code, details }: BacktestError): Record<string, string> {
  if (code === "method_not_allowed" && Array.isArray(details.allow)) {
    return { allow: details.allow.join(", ") };
  }
  if (code === "unauthorized") return { "www-authenticate": "Bearer" };
  // a run is loaded within a moment
  if (code === "conflict" && details.reason === "loading") return { "retry-after": "1" };
  const seconds = details.retry_after_seconds ?? retrySeconds[code] ??
    (itemsOf(details).some((item) => item.code === "quota_exceeded") ? quotaRetrySeconds : undefined);
  return typeof seconds === "number" ? { "retry-after": String(Math.max(1, Math.ceil(seconds))) } : {};
}

function detailsOf(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { errors, ...rest } = details;
  const shown = plain(rest) as Record<string, unknown>;
  if (!Array.isArray(errors)) return shown;
  return sorted({ ...shown, errors: sortItems(errors as readonly ErrorItem[]) });
}

/** Characters of a text in the details: what the caller sent may be as long as his request. */
const detailLengthMax = 1000;

/** JSON as it is, keys sorted; everything else as text. */
function plain(value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, detailLengthMax);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) {
    return String(value).slice(0, detailLengthMax);
  }
  return sorted(Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)])));
}

function sorted(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0));
}
