import { scrub } from "../core/scrub.ts";
import type { Clock } from "../ports/clock.ts";
import type { JobRepository } from "../ports/job_repository.ts";
import type { Log } from "../ports/log.ts";

/** An id no user has; the statement needs the schema to be there. */
const nobody = "00000000-0000-4000-8000-000000000000";

/** Whoever asks has a time limit of his own, so a database that hangs has failed, in ms. */
const answerMs = 2000;

/** Whether the database answers a statement on the jobs within 2 s. Never rejects; the log says why it does not. */
export async function databaseAnswers(
  jobs: Pick<JobRepository, "countActiveForUser">,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<boolean> {
  const answered = new AbortController();
  const late = clock.sleep(answerMs, answered.signal).then(() => {
    if (!answered.signal.aborted) throw new Error(`No answer within ${answerMs} ms`);
  });
  late.catch(() => {});
  const asked = jobs.countActiveForUser(nobody);
  asked.catch(() => {});
  try {
    await Promise.race([asked, late]);
    return true;
  } catch (error) {
    log.warn("readiness_check_failed", { check: "database", error: scrub(String(error)) });
    return false;
  } finally {
    answered.abort();
  }
}
