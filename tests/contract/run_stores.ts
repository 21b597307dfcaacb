import { changedRun, type NewRun, noChange, type Run, type RunChange } from "../../src/core/run/mod.ts";
import type { HeldRuns } from "../../src/ports/held_runs.ts";
import type { JobRepository } from "../../src/ports/job_repository.ts";
import type { RunRepository } from "../../src/ports/run_repository.ts";
import type { RunSteps } from "../../src/ports/run_steps.ts";
import type { RunSweeps } from "../../src/ports/run_sweeps.ts";

/** The run ports over one empty store, and the jobs that share a quota with them. */
export interface RunStores {
  readonly jobs: JobRepository;
  readonly runs: RunRepository;
  readonly steps: RunSteps;
  readonly held: HeldRuns;
  readonly sweeps: RunSweeps;
  /** Lets so much time go by for everything that is stored. */
  passTime(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** One adapter of the run ports. */
export interface RunStoresFactory {
  readonly name: string;
  /** Set when a server in this process starts timers of its own, which a leak check would blame on a test. */
  readonly ownTimers?: boolean;
  /** Whether calls may run side by side. */
  readonly parallel: boolean;
  open(): Promise<RunStores>;
}

/** Registers a test that gets stores of its own. */
export function testRunStores(
  name: string,
  { factory, run }: {
    readonly factory: RunStoresFactory;
    readonly run: (stores: RunStores) => Promise<void>;
  },
): void {
  Deno.test({
    name: `${name} [${factory.name}]`,
    ...(factory.ownTimers && { sanitizeOps: false, sanitizeResources: false }),
    async fn() {
      const stores = await factory.open();
      try {
        await run(stores);
      } finally {
        await stores.close();
      }
    },
  });
}

/** Owner of the runs that a test does not give to someone else. */
export const userId = "11111111-1111-4111-8111-111111111111";

/** Another owner. */
export const strangerId = "22222222-2222-4222-8222-222222222222";

/** The process that holds the runs of a test. */
export const holder = "process-1";

/** The UUID of the `n`-th test run; they sort as their numbers do. */
export function runIdOf(n: number): string {
  return `00000000-0000-4000-9000-${n.toString(16).padStart(12, "0")}`;
}

/** The `n`-th test run, which an agent drives. */
export function newRun(n: number, changes: Partial<NewRun> = {}): NewRun {
  return {
    runId: runIdOf(n),
    userId,
    kind: "interactive",
    workspaceId: null,
    requestJson: { decision_timeout_seconds: 60, symbol: "é\n", fees: [0.075, -1e-7, null] },
    requestHash: "a".repeat(64),
    metadata: {},
    agentName: "my-agent",
    modelName: "local-model",
    sessionTag: null,
    listed: false,
    ...changes,
  };
}

/** The `n`-th test run of a workspace. */
export function newScenario(n: number, workspaceId = "w"): NewRun {
  return newRun(n, { kind: "scenario", workspaceId, agentName: null, modelName: null });
}

/** What a test's runs are loaded with. */
export const loaded = {
  totalSteps: 6,
  sliceBars: 6,
  candlesHash: "b".repeat(64),
  loadedJson: { data: { bars: 6 }, warnings: ["é"] },
};

/** How tests start runs: nobody's quota is in their way. */
export const unlimited = { maxActive: 1000, holder };

/** Creates run `n`. */
export async function loadingRun(stores: RunStores, n: number): Promise<Run> {
  return await stores.runs.create(newRun(n), unlimited);
}

/** Creates run `n` and lets it wait for its agent. */
export async function waitingRun(
  stores: RunStores,
  n: number,
  changes: Partial<NewRun> = {},
): Promise<Run> {
  await stores.runs.create(newRun(n, changes), unlimited);
  const run = await stores.held.ready({ runId: runIdOf(n), holder }, loaded);
  if (run === null) throw new Error("Cannot load the test run");
  return run;
}

/** Nine figures, in another order than they are shown in. */
export const metrics = {
  num_trades: 2,
  total_return: -0.05,
  sharpe_ratio: null,
  max_drawdown: 0.1,
  final_equity: 9500.000000000002,
  llm_calls: null,
  input_tokens: null,
  output_tokens: null,
  est_cost_usd: null,
};

/** What a test's run comes to. */
export const result = { equity: [1, 0.1 + 0.2], metrics, text: "é" };

/** A decision under a key of its own. */
export function decision(key: string, side: -1 | 0 | 1 = 1): NonNullable<RunChange["decision"]> {
  return {
    side,
    idempotencyKey: key,
    bodyHash: "c".repeat(64),
    decisionJson: { action: "long", usage: { llm_calls: 1, cost_usd: 0.1 } },
    ackText: `{"key":"${key}","numbers":[1.0,-0]}`,
    contextRef: `sha256:${"d".repeat(64)}`,
  };
}

/** Writes a change whatever the run is like; returns the run that it was written to. */
export async function write(
  { steps }: RunStores,
  runId: string,
  change: Partial<RunChange>,
): Promise<Run | null> {
  return await steps.change({ runId }, ({ run, nowMs }) => {
    const whole = { ...noChange, ...change };
    return Promise.resolve({ change: whole, answer: changedRun(run, { ...whole, nowMs }) });
  });
}
