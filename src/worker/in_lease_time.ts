import { BacktestError } from "../core/errors/mod.ts";
import { race } from "../ports/race.ts";
import type { WorkerDeps } from "./job_context.ts";

/** The call's result. Rejects with `storage_unavailable` when it takes longer than a lease; `onLate` gets what still comes. */
export async function inLeaseTime<T>(
  call: Promise<T>,
  { deps: { clock, settings: { leaseSeconds } }, action, onLate }: {
    readonly deps: Pick<WorkerDeps, "clock" | "settings">;
    readonly action: string;
    readonly onLate?: (answer: T) => unknown;
  },
): Promise<T> {
  const late = () => {
    call.then(onLate).catch(() => {});
    throw new BacktestError("storage_unavailable", `Cannot ${action}: no answer within ${leaseSeconds} s`);
  };
  return await race(() => call, { deadline: { clock, ms: leaseSeconds * 1000, late } });
}
