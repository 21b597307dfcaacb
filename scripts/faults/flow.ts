import type { BacktestClient } from "../../src/client/client.ts";
import { requestKinds, soakRequest } from "../../tests/soak/soak_requests.ts";
import { pause } from "./pause.ts";
import type { ApiAnswer, FaultWorld } from "./fault_world.ts";

/**
 * Users that submit a job each, follow its events to the end, and submit the next one, whatever happens meanwhile; and one
 * who lists jobs all the time.
 */
export interface Flow {
  /** Which request each job that the API has accepted is made of. */
  readonly kindOf: ReadonlyMap<string, number>;
  readonly answers: readonly ApiAnswer[];
  /** Resolves when so many more jobs have ended; rejects when they have not in time. */
  more(jobs: number, options: { readonly withinMs: number }): Promise<void>;
  /** Submits no more, and resolves when all that was accepted has ended; rejects when it has not in time. */
  drain(options: { readonly withinMs: number }): Promise<void>;
}

/** Half of the jobs are over at once, the other half take about a second, so that a fault finds some of them running. */
function requestOf(kind: number) {
  const request = soakRequest(kind);
  if (kind % 2 === 0) return request;
  const percents = { mode: "range", start: 0.5, stop_incl: 50, step: 0.5 };
  const risk_grid = { ...request.template.risk_grid, sl: percents, tp: percents };
  return { ...request, template: { ...request.template, risk_grid } };
}

const users = 4;
const againMs = 250;
const lookMs = 50;

/** Starts the users. */
export function startFlow(world: FaultWorld): Flow {
  const kindOf = new Map<string, number>();
  const answers: ApiAnswer[] = [];
  let stopped = false;
  let submitted = 0;
  let ended = 0;

  async function untilDone<T>(action: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await action();
      } catch {
        await pause(againMs);
      }
    }
  }

  async function runJob(user: BacktestClient): Promise<void> {
    const kind = submitted++ % requestKinds;
    const idempotencyKey = crypto.randomUUID();
    const { job_id: jobId } = await untilDone(() => user.submitJob(requestOf(kind), { idempotencyKey }));
    kindOf.set(jobId, kind);
    await untilDone(async () => {
      for await (const { terminal } of user.watchJobs([jobId])) if (terminal) return;
      throw new Error("the events ended before the job");
    });
    ended++;
  }

  const client = () => world.client((answer) => void answers.push(answer));
  const submitting = Array.from({ length: users }, async () => {
    const user = await client();
    while (!stopped) await runJob(user);
  });
  const reading = client().then(async (reader) => {
    while (!stopped) {
      await reader.listJobs({ limit: 5 }).catch(() => {});
      await pause(againMs);
    }
  });
  const running = Promise.all([...submitting, reading]);

  async function until(reached: () => boolean, withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!reached()) {
      if (performance.now() > deadline) {
        throw new Error(
          `${kindOf.size - ended} of ${kindOf.size} jobs had not ended in ${withinMs / 1000} s`,
        );
      }
      await pause(lookMs);
    }
  }

  return {
    kindOf,
    answers,
    async more(jobs, { withinMs }) {
      const target = ended + jobs;
      await until(() => ended >= target, withinMs);
    },
    async drain({ withinMs }) {
      stopped = true;
      let done = false;
      void running.then(() => done = true);
      await until(() => done, withinMs);
    },
  };
}
