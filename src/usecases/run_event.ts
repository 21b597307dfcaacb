import type { RunStatus } from "../answers/run.ts";
import { isTerminal } from "../core/job/mod.ts";
import { isDue, type Run } from "../core/run/mod.ts";
import { sha256Hex } from "../core/text/mod.ts";
import { runLookMax } from "../ports/run_repository.ts";
import type { RunDeps } from "../runs/deps.ts";
import { runStatus } from "../runs/run_view.ts";
import { settled } from "../runs/settle.ts";
import type { EventKind } from "./event_hub.ts";

/** Runs as the event hub watches them; none where there are none. Those whose deadline has gone by are drained, since nobody else may look. */
export function runEventKind(deps: RunDeps | null): EventKind<Run, RunStatus> {
  return {
    async look(ids) {
      if (deps === null) return [];
      const found = await deps.runs.look(ids);
      const now: Run[] = [];
      for (const run of found) {
        // the database's clock decides; this one only says when to ask
        now.push(isDue(run, deps.clock.nowMs()) ? await settled(run.runId, deps) ?? run : run);
      }
      return now;
    },
    lookMax: runLookMax,
    idOf: ({ runId }) => runId,
    versionOf: runVersion,
    isEnd: ({ state }) => isTerminal(state),
    teller: () => runStatus,
  };
}

/** Names what is shown of a run in 12 hex digits, the same in every process. */
export function runVersion(run: Run): string {
  const { state, phase, stepIndex, totalSteps, timeoutHolds } = run;
  return sha256Hex(JSON.stringify([state, phase, stepIndex, totalSteps, timeoutHolds])).slice(0, 12);
}
