import {
  type BaselineName,
  baselineNames,
  baselineSides,
  type NewRun,
  type Run,
  sideOf,
  stepCode,
} from "../core/run/mod.ts";
import { sha256Hex } from "../core/text/mod.ts";
import type { FinishedBaseline } from "../ports/run_sweeps.ts";
import { type RunDeps, tapeOf } from "./deps.ts";
import { decidedEnd } from "./run_result.ts";
import { type RunTape, storedFacts } from "./tape.ts";

/**
 * Makes the baselines of a succeeded run, the same request with one side at every step, and writes their ids to it. Equal
 * requests over equal bars share theirs. One that cannot be traded to its end is left out.
 */
export async function makeBaselines(run: Run, deps: RunDeps): Promise<void> {
  const tape = await tapeOf(run, deps);
  const made = baselineNames.flatMap((name) => {
    const baseline = baselineOf(name, { run, tape, deps });
    return baseline === null ? [] : [[name, baseline] as const];
  });
  for (const [, baseline] of made) await deps.sweeps.saveBaseline(baseline);
  await deps.sweeps.setBaselines(
    run.runId,
    Object.fromEntries(made.map(([name, baseline]) => [name, baseline.run.runId])),
  );
}

function baselineOf(
  name: BaselineName,
  { run, tape, deps }: { readonly run: Run; readonly tape: RunTape; readonly deps: RunDeps },
): FinishedBaseline | null {
  const code = stepCode({ side: sideOf(baselineSides[name], ""), source: "agent" });
  const steps = code.repeat(run.totalSteps);
  const end = decidedEnd({ tape, steps, replay: deps.replay, usages: [] });
  if (end.state !== "succeeded") return null;
  return {
    run: newBaseline(name, run),
    totalSteps: run.totalSteps,
    sliceBars: run.sliceBars!,
    candlesHash: tape.candlesHash,
    loadedJson: storedFacts(tape.facts),
    result: end.result,
  };
}

function newBaseline(name: BaselineName, run: Run): NewRun {
  return {
    runId: baselineId(name, run),
    userId: run.userId,
    kind: "baseline",
    workspaceId: null,
    requestJson: run.requestJson,
    requestHash: run.requestHash,
    metadata: {},
    agentName: name,
    modelName: "baseline",
    sessionTag: null,
    listed: false,
  };
}

/** A UUID of version 8, whose bits are its maker's (RFC 9562, section 5.8), of all that decides what the baseline is. */
export function baselineId(
  name: BaselineName,
  run: Pick<Run, "requestHash" | "candlesHash" | "userId">,
): string {
  const hash = sha256Hex([run.requestHash, run.candlesHash, run.userId, name].join(" "));
  const variant = (parseInt(hash[16]!, 16) & 3 | 8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    variant + hash.slice(17, 20),
    hash.slice(20, 32),
  ]
    .join("-");
}

/** Makes baselines in the background, for one run after the other; a failure is logged, and is the reaper's to mend. */
export class BaselineMaker implements AsyncDisposable {
  readonly #make: (run: Run) => Promise<void>;
  #last: Promise<void> = Promise.resolve();

  constructor(make: (run: Run) => Promise<void>, log: RunDeps["log"]) {
    this.#make = async (run) => {
      try {
        await make(run);
      } catch (error) {
        log.warn("run_baselines_failed", { run_id: run.runId, error });
      }
    };
  }

  /** Takes a run that has succeeded. */
  take(run: Run): void {
    this.#last = this.#last.then(() => this.#make(run));
  }

  /** Waits for those that were taken. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
  }
}
