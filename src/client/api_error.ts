/** An answer of the API that is no success. */
export class ApiError extends Error {
  /** `validation_error`, `not_found`, ...; `http_error` when the answer did not come from the API. */
  readonly code: string;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;
  /** From `Retry-After`; null when the API named none. */
  readonly retryAfterSeconds: number | null;

  constructor(
    message: string,
    options: {
      readonly code: string;
      readonly status: number;
      readonly details?: Readonly<Record<string, unknown>>;
      readonly retryAfterSeconds?: number | null;
    },
  ) {
    super(message);
    this.name = "ApiError";
    this.code = options.code;
    this.status = options.status;
    this.details = options.details ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** Reads the error out of an answer. */
export async function toApiError(response: Response): Promise<ApiError> {
  const { status } = response;
  const seconds = Number(response.headers.get("retry-after") ?? NaN);
  const retryAfterSeconds = Number.isFinite(seconds) ? seconds : null;
  const text = await response.text();
  try {
    const { error: { code, message, details } } = JSON.parse(text);
    if (typeof code === "string" && typeof message === "string") {
      return new ApiError(message, { code, status, details, retryAfterSeconds });
    }
  } catch {
    // not ours: a proxy, or another server
  }
  const message = `The server answered ${status} without an error of this API: "${text.slice(0, 100)}"`;
  return new ApiError(message, { code: "http_error", status, retryAfterSeconds });
}
