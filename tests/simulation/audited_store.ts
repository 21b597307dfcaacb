import { memoryJobQueue } from "../memory/job_queue.ts";
import { memoryJobRepository } from "../memory/job_repository.ts";
import { memoryJobResults } from "../memory/job_results.ts";
import { emptyStore, type JobStore } from "../memory/job_store.ts";
import type { Job, Lease } from "../../src/core/job/mod.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { JobQueue } from "../../src/ports/job_queue.ts";
import type { JobRepository } from "../../src/ports/job_repository.ts";
import type { JobResults } from "../../src/ports/job_results.ts";
import type { Auditor } from "./auditor.ts";

/** The three job ports, as the simulated processes reach them. */
export interface Ports {
  readonly jobs: JobRepository;
  readonly queue: JobQueue;
  readonly results: JobResults;
}

/** The twin's tables, with a way to change a job that the auditor does not see. */
export interface QuietStore extends JobStore {
  quietly(job: Job): void;
}

/** Takes a guard out of the twin. */
export interface Mutation {
  readonly name: string;
  /** Gets the twin's ports and the store behind them, returns those to be used instead. */
  readonly ports?: (ports: Ports, store: QuietStore) => Partial<Ports>;
  /** Changes what is stored when a job is written over. */
  readonly write?: (before: Job, after: Job) => Job;
}

/** The in-memory twin, mutated if asked, with the auditor watching every write. */
export function auditedStore(
  auditor: Auditor,
  options: { readonly clock: Clock; readonly mutation?: Mutation },
): Ports {
  const jobs = new WatchedJobs(auditor, options.mutation?.write);
  const quietly = (job: Job) => jobs.quietly(job);
  const store: QuietStore = { ...emptyStore(options.clock), jobs, quietly };
  const plain: Ports = {
    jobs: memoryJobRepository(store),
    queue: memoryJobQueue(store),
    results: memoryJobResults(store),
  };
  const { jobs: repository, queue, results } = { ...plain, ...options.mutation?.ports?.(plain, store) };
  const watch = { auditor, store };
  return { jobs: repository, queue: fenced(queue, watch), results: fenced(results, watch) };
}

class WatchedJobs extends Map<string, Job> {
  readonly #auditor: Auditor;
  readonly #write: NonNullable<Mutation["write"]>;

  constructor(auditor: Auditor, write: Mutation["write"] = (_before, after) => after) {
    super();
    this.#auditor = auditor;
    this.#write = write;
  }

  override set(jobId: string, job: Job): this {
    const before = this.get(jobId);
    const after = before === undefined ? job : this.#write(before, job);
    this.#auditor.stored(after);
    return super.set(jobId, after);
  }

  quietly(job: Job): void {
    super.set(job.jobId, job);
  }
}

const unfenced = new Set([
  "claimNext",
  "listAttempts",
  "getState",
  "listTopVariants",
  "getShortlist",
  "getPlanes",
]);

/** Holds every answer to a worker against the auditor's own opinion of its lease, and looks for reports out of place. */
function fenced<T extends object>(
  port: T,
  { auditor, store }: { readonly auditor: Auditor; readonly store: JobStore },
): T {
  return new Proxy(port, {
    get(target, name, receiver) {
      const member = Reflect.get(target, name, receiver);
      if (typeof member !== "function" || unfenced.has(String(name))) return member;
      return async (lease: Lease, ...rest: unknown[]) => {
        const holds = name === "surrender" ? auditor.maySurrender(lease) : auditor.holds(lease);
        const rows = store.topVariants.get(lease.jobId);
        const shortlist = store.shortlists.get(lease.jobId);
        const planes = store.planes.get(lease.jobId);
        const answering = auditor.during(String(name), () => member.call(target, lease, ...rest));
        // at once, as another process of the same name may surrender the same lease in the same moment
        if (name === "surrender" && holds) auditor.surrendered(lease);
        // the twin writes at once; while its answer is on the way somebody else, who holds the lease, may write as well
        const untouched = store.topVariants.get(lease.jobId) === rows &&
          store.shortlists.get(lease.jobId) === shortlist &&
          store.planes.get(lease.jobId) === planes;
        const answer = await answering;
        const accepted = answer !== null && answer !== false;
        if (accepted !== holds) {
          const what = `${String(name)}() of ${lease.lockedBy}, attempt ${lease.attempt}`;
          auditor.report(accepted ? `${what} was accepted without a lease` : `${what} was refused`);
        }
        if (!holds && !untouched) auditor.report(`${String(name)}() changed rows without a lease`);
        checkReports(lease.jobId, { auditor, store });
        return answer;
      };
    },
  });
}

function checkReports(
  jobId: string,
  { auditor, store }: { readonly auditor: Auditor; readonly store: JobStore },
): void {
  const state = store.jobs.get(jobId)?.state;
  const rows = store.topVariants.get(jobId) ?? [];
  const reported =
    rows.filter(({ reportTableMd, trades }) => reportTableMd !== null || trades !== null).length;
  if (state !== "succeeded" && reported > 0) auditor.report(`a ${state} job has ${reported} reports`);
  if (state === "succeeded" && (rows.length === 0 || rows.some((row) => row.reportTableMd === null))) {
    auditor.report("a succeeded job lacks reports");
  }
}
