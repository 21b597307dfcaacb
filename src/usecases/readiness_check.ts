import { scrub } from "../core/text/mod.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { race } from "../ports/race.ts";

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
  const late = () => {
    throw new Error(`No answer within ${checkMs} ms`);
  };
  try {
    await race(check, { deadline: { clock, ms: checkMs, late } });
    return true;
  } catch (error) {
    log.warn("readiness_check_failed", { check: name, error: scrub(String(error)) });
    return false;
  }
}
