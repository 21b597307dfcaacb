import { scrub } from "../core/text/mod.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";

/** One thing a process needs to be of use, asked by its `/readyz`. */
export interface ReadinessCheck {
  /** `database`, `compute`, ... */
  readonly name: string;
  /** Rejects when it is not there. */
  check(): Promise<void>;
}

/** A check that hangs has failed, as whoever asks has a time limit of his own; in ms. */
const checkMs = 2000;

/** Whether a check is fulfilled within 2 s. Never rejects; the log says why it is not. */
export async function passes(
  { name, check }: ReadinessCheck,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<boolean> {
  const answered = new AbortController();
  const late = clock.sleep(checkMs, answered.signal).then(() => {
    if (!answered.signal.aborted) throw new Error(`No answer within ${checkMs} ms`);
  });
  late.catch(() => {});
  const checked = check();
  checked.catch(() => {});
  try {
    await Promise.race([checked, late]);
    return true;
  } catch (error) {
    log.warn("readiness_check_failed", { check: name, error: scrub(String(error)) });
    return false;
  } finally {
    answered.abort();
  }
}
