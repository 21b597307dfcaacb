import assert from "node:assert/strict";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels } from "../../src/adapters/wasm/kernels.ts";
import { Session } from "../../src/adapters/wasm/session.ts";
import { sessionInput } from "../../src/adapters/wasm/session_input.ts";
import type { Candidates, SweepInput } from "../../src/ports/compute.ts";
import { interleaved } from "./interleaved.ts";
import { oldKernels } from "./old_kernels.ts";

/** What a sweep's base variants cost on the calling thread, masks in cache, in ratios of the least processor time of each. */
export interface KernelTurns {
  /** All metrics over the return alone. */
  readonly all_over_return: number;
  /** All metrics over all metrics of the old kernels, and the return alone likewise; absent where they are. */
  readonly all_over_old?: number;
  readonly return_over_old?: number;
}

const everything = { keep: Number.MAX_SAFE_INTEGER, floor: -Infinity };
const batch = 64;

/**
 * Scores a spread of base variants by all metrics and by the return alone, with the kernels as they are and as they were, all
 * in turn. Rejects where the two differ in a bit.
 */
export async function timeKernelTurns(
  { all, plain, runs, batches }: {
    readonly all: SweepInput;
    readonly plain: SweepInput;
    readonly runs: number;
    readonly batches: number;
  },
): Promise<KernelTurns> {
  const old = await oldKernels();
  const open = (input: SweepInput) => new Session(instantiateKernels(kernelModule()), sessionInput(input));
  const sessions = {
    all: open(all),
    plain: open(plain),
    ...(old === null ? {} : { oldAll: old(all), oldPlain: old(plain) }),
  };
  const total = all.plan.stageATotal;
  const step = Math.max(batch, Math.floor(total / batches));
  const score = (session: Pick<Session, "scoreBase">) => {
    const parts: Candidates[] = [];
    for (let from = 0; from < total; from += step) {
      parts.push(session.scoreBase({ from, to: Math.min(from + batch, total) }, everything));
    }
    return parts.map(({ scores, secondary, returns }) => ({ scores, secondary, returns }));
  };
  if (old !== null) {
    assert.deepEqual(
      score(sessions.all),
      score(sessions.oldAll!),
      "Cannot trust the kernels: old ones differ",
    );
    assert.deepEqual(
      score(sessions.plain),
      score(sessions.oldPlain!),
      "Cannot trust the kernels: old ones differ",
    );
  }
  const works = Object.fromEntries(
    Object.entries(sessions).map(([name, session]) => [name, () => score(session)]),
  );
  const least = Object.fromEntries(
    Object.entries(await interleaved(works, { runs })).map(([name, { leastCpuMs }]) => [name, leastCpuMs]),
  );
  return {
    all_over_return: least.all! / least.plain!,
    ...(old === null
      ? {}
      : { all_over_old: least.all! / least.oldAll!, return_over_old: least.plain! / least.oldPlain! }),
  };
}
