import { canonicalJson, sha256Hex } from "../text/mod.ts";
import { BacktestError, validationError } from "../errors/mod.ts";

/** What makes a creation repeatable: a key its caller chose, and the hash of what he sent with it. */
export interface Idempotency {
  /** 1 to 255 visible ASCII characters, unique per owner. */
  readonly key: string;
  /** Hex SHA-256. */
  readonly bodyHash: string;
}

const visibleAscii = /^[\x21-\x7e]{1,255}$/;

/** The key itself. Throws a `validation_error` when the text cannot be one. */
export function idempotencyKey(text: string): string {
  if (visibleAscii.test(text)) return text;
  throw validationError("Cannot use the Idempotency-Key: it must be 1 to 255 visible ASCII characters", [{
    path: "header.idempotency-key",
    code: "invalid_value",
    message: `idempotency-key must be 1 to 255 visible ASCII characters, got ${text.length} characters`,
  }]);
}

/**
 * The key of a request with the hash of its body as it was understood, so that white space, member order and the offset
 * of times make no other body. Throws as {@link idempotencyKey} does.
 */
export function idempotencyOf(
  { key, body }: { readonly key: string; readonly body: Readonly<Record<string, unknown>> },
): Idempotency {
  return { key: idempotencyKey(key), bodyHash: sha256Hex(canonicalJson(body)) };
}

/** The refusal of a key that came with another body before. */
export function idempotencyConflict(
  { key, jobId }: { readonly key: string; readonly jobId: string },
): BacktestError {
  return new BacktestError("conflict", `Idempotency-Key "${key}" was used with another body`, {
    details: { idempotency_key: key, job_id: jobId },
  });
}
