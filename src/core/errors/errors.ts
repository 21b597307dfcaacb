/**
 * Why an operation was refused or failed, as one closed union.
 *
 * | code | class | met when |
 * | --- | --- | --- |
 * | `validation_error` | ParamInvalid | request, config, CSV, guard, quota, cursor |
 * | `not_found`, `forbidden` | ParamInvalid | a job or strategy that does not exist, or is another user's |
 * | `unauthorized` | ParamInvalid | a caller who did not prove who he is |
 * | `conflict` | ParamInvalid | a change that another one overtook |
 * | `method_not_allowed`, `unsupported_media_type`, `payload_too_large` | ParamInvalid | an HTTP request of the wrong form |
 * | `request_timeout` | ParamInvalid | a request that does not come in time |
 * | `malformed_request`, `headers_too_large` | ParamInvalid | bytes that are no HTTP request, or whose head is too long |
 * | `deadline_exceeded`, `shutting_down` | UpstreamError | a synchronous run that had to end before it was done; later may work |
 * | `rate_limited`, `overloaded` | UpstreamError | a caller, or all of them, asking more than is served; later may work |
 * | `no_candles` | ParamInvalid | a range or an instrument that the candle source has nothing of |
 * | `market_data_unavailable` | UpstreamError | a candle source that does not answer; later it may |
 * | `storage_unavailable` | UpstreamError | the database does not answer |
 * | `backtest_job_runner_failed` | InternalError | everything that should not happen inside a job |
 * | `unexpected_error` | InternalError | everything that should not happen elsewhere |
 */
export type ErrorCode =
  | "validation_error"
  | "not_found"
  | "forbidden"
  | "unauthorized"
  | "conflict"
  | "method_not_allowed"
  | "unsupported_media_type"
  | "payload_too_large"
  | "request_timeout"
  | "malformed_request"
  | "headers_too_large"
  | "deadline_exceeded"
  | "shutting_down"
  | "rate_limited"
  | "overloaded"
  | "no_candles"
  | "market_data_unavailable"
  | "storage_unavailable"
  | "backtest_job_runner_failed"
  | "unexpected_error";

/** Who can mend it: the caller, another system, or us. Decides about retries. */
export type ErrorClass = "ParamInvalid" | "UpstreamError" | "InternalError";

const classes: Readonly<Record<ErrorCode, ErrorClass>> = {
  validation_error: "ParamInvalid",
  not_found: "ParamInvalid",
  forbidden: "ParamInvalid",
  unauthorized: "ParamInvalid",
  conflict: "ParamInvalid",
  method_not_allowed: "ParamInvalid",
  unsupported_media_type: "ParamInvalid",
  payload_too_large: "ParamInvalid",
  request_timeout: "ParamInvalid",
  malformed_request: "ParamInvalid",
  headers_too_large: "ParamInvalid",
  deadline_exceeded: "UpstreamError",
  shutting_down: "UpstreamError",
  rate_limited: "UpstreamError",
  overloaded: "UpstreamError",
  no_candles: "ParamInvalid",
  market_data_unavailable: "UpstreamError",
  storage_unavailable: "UpstreamError",
  backtest_job_runner_failed: "InternalError",
  unexpected_error: "InternalError",
};

/** One finding of a validation: a dotted path into the input, a code, and a sentence with the value in it. */
export interface ErrorItem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** JSON members that travel with an error. Never a stack, a file path, a DSN or a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The only error class that callers outside are meant to see. */
export class BacktestError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(
      cutShort(message, messageLengthMax),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "BacktestError";
    this.code = code;
    this.details = options.details ?? {};
  }

  get errorClass(): ErrorClass {
    return classes[this.code];
  }
}

/** A message has at most so many characters, and a path: names that the caller made up may be as long as his request. */
const messageLengthMax = 4000;
const pathLengthMax = 300;
const cutMark = "...";

/** The text, or its beginning and its end where it is longer. */
function cutShort(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const kept = lengthMax - cutMark.length;
  const start = text.slice(0, kept - (kept >> 1)).replace(/[\ud800-\udbff]$/, "");
  return start + cutMark + text.slice(-(kept >> 1)).replace(/^[\udc00-\udfff]/, "");
}

/** Findings that an error shows; of more it shows the first ones in order, and says how many there are. */
export const errorItemsMax = 50;

/** What is known of the findings of an error: the first ones in order, and how many there are. */
export interface Findings {
  readonly items: readonly ErrorItem[];
  readonly total: number;
}

/**
 * A `validation_error` with its findings sorted by path, code and message (code points), so that the same bad input
 * always gives the same bytes. Beyond {@link errorItemsMax} the rest is counted in `errors_total`. Of a path that is very
 * long only its two ends are shown.
 */
export function validationError(message: string, found: readonly ErrorItem[] | Findings): BacktestError {
  const { items, total } = "items" in found ? found : { items: found, total: found.length };
  const errors = sortItems(items).slice(0, errorItemsMax).map(({ path, code, message }) => ({
    path: cutShort(path, pathLengthMax),
    code,
    message: cutShort(message, messageLengthMax),
  }));
  const details = total > errors.length ? { errors, errors_total: total } : { errors };
  return new BacktestError("validation_error", message, { details });
}

/** The findings of an error; none for an error of another kind. */
export function findingsOf({ details }: BacktestError): Findings {
  const items: readonly ErrorItem[] = Array.isArray(details.errors) ? details.errors : [];
  return { items, total: typeof details.errors_total === "number" ? details.errors_total : items.length };
}

/** Path of a finding that is about the whole. */
export const unknownPath = "unknown";

/** Items reduced to their three members and sorted by path, code and message (code points). */
export function sortItems(items: readonly ErrorItem[]): ErrorItem[] {
  const rank = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;
  return items
    .map(({ path, code, message }) => ({
      path: path || unknownPath,
      code: code || "validation_error",
      message,
    }))
    .sort((a, b) => rank(a.path, b.path) || rank(a.code, b.code) || rank(a.message, b.message));
}

// data exception, integrity constraint violation, syntax error or access rule violation
const permanentClasses: ReadonlySet<string> = new Set(["22", "23", "42"]);

/**
 * Whether a failed storage call may work when it is sent again: the database was not reached, or it refused for a reason
 * that passes. A statement that it understood and rejected, as the SQLSTATE in the details tells, will be rejected again.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof BacktestError) || error.code !== "storage_unavailable") return false;
  const { sqlstate } = error.details;
  return typeof sqlstate !== "string" || !permanentClasses.has(sqlstate.slice(0, 2));
}

// connection exception, insufficient resources (full disk, memory, connections), operator intervention (shutdown)
const outageClasses: ReadonlySet<string> = new Set(["08", "53", "57P"]);
/** What a server that is read-only for a while, as a standby is, refuses a write with. */
const readOnly = "25006";

/**
 * Whether a storage call failed because the database was not there for anybody: it did not answer, or it refused for want of
 * a connection, of disk, or of the right to write. So no work of ours is the cause.
 */
export function isOutage(error: unknown): error is BacktestError {
  if (!(error instanceof BacktestError) || error.code !== "storage_unavailable") return false;
  const { sqlstate } = error.details;
  if (typeof sqlstate !== "string") return true;
  return sqlstate === readOnly || outageClasses.has(sqlstate.slice(0, 2)) ||
    outageClasses.has(sqlstate.slice(0, 3));
}
