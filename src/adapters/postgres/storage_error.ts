import postgres from "postgres";
import { BacktestError } from "../../core/errors/mod.ts";
import { scrub } from "../../core/text/mod.ts";

const maxReasonLength = 300;

/**
 * Runs `work` and turns what the driver throws into `storage_unavailable`: `Cannot <action>: <one line>`, with the
 * SQLSTATE in its details when the server gave one. Errors of ours and errors of the programmer pass through.
 */
export async function withStorageErrors<T>(action: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDriverError(error)) throw error;
    const details = error instanceof postgres.PostgresError ? { sqlstate: error.code } : {};
    throw new BacktestError("storage_unavailable", `Cannot ${action}: ${reasonOf(error)}`, {
      details,
      cause: error,
    });
  }
}

/** Whether a thrown value comes from the server or the connection; both carry a text as `code`. */
export function isDriverError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && !(error instanceof BacktestError) && "code" in error &&
    typeof error.code === "string";
}

/** The first line of a driver's message, without DSNs and passwords; its code when the message is empty. */
function reasonOf(error: Error & { readonly code: string }): string {
  // the driver names no server there, as it did not connect by itself
  if (error.code === "CONNECT_TIMEOUT") {
    return "the server gave no session in time; it hangs, or a pooler in front of it has none left";
  }
  const [line] = (error.message.trim() || error.code).split("\n", 1);
  return scrub(line!).slice(0, maxReasonLength);
}
