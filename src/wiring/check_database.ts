import type { JobRepository } from "../ports/job_repository.ts";

/** An id no user has. */
const nobody = "00000000-0000-4000-8000-000000000000";

/** Asks the database something that needs the schema to be there. Rejects when it does not answer. */
export async function checkDatabase(jobs: Pick<JobRepository, "countActiveForUser">): Promise<void> {
  await jobs.countActiveForUser(nobody);
}
