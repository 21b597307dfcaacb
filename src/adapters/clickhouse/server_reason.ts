import { ClickHouseError } from "@clickhouse/client-web";
import { MalformedAnswerError } from "./native_reader.ts";
import { LateError } from "./within_time.ts";

/** Why a question got no good answer, as the end of a sentence about the server. No address, no secret, no rows. */
export function serverReason(error: unknown): string {
  if (error instanceof LateError) return `did not answer within ${error.timeoutMs / 1000} s`;
  if (error instanceof ClickHouseError) {
    return `refused: ${error.type ?? "unknown error"} (code ${error.code})`;
  }
  if (error instanceof MalformedAnswerError) return `sent an answer that ${error.message}`;
  return "cannot be reached or broke off";
}
