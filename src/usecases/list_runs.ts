import type { DecisionLog, ListedRuns, RunList } from "../answers/run.ts";
import { validationError } from "../core/errors/mod.ts";
import { decodeRunCursor, encodeRunCursor, type RunKind, runKinds, runStates } from "../core/run/mod.ts";
import type { RunRepository } from "../ports/run_repository.ts";
import type { RunSteps } from "../ports/run_steps.ts";
import { listedRun, logItem, runStatus } from "../runs/run_view.ts";
import { listLimit } from "./list_limit.ts";
import { ownRun, type OwnRunQuery } from "./own_run.ts";

/** Which runs are asked for; texts as the caller sent them, blank ones count as absent. */
export interface RunListQuery {
  readonly userId: string;
  readonly state?: string;
  readonly kind?: string;
  readonly agentName?: string;
  readonly sessionTag?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** A page of the caller's runs, newest first. Rejects with `validation_error` naming state, kind, cursor or limit. */
export async function listRuns(runs: RunRepository, query: RunListQuery): Promise<RunList> {
  const state = oneOf("state", { text: query.state, known: runStates });
  const kind = oneOf<RunKind>("kind", { text: query.kind, known: runKinds });
  const cursor = query.cursor?.trim() ? decodeRunCursor(query.cursor.trim()) : undefined;
  const agentName = query.agentName?.trim();
  const page = await runs.listForUser({
    userId: query.userId,
    limit: listLimit(query.limit, "Runs"),
    ...(state && { state }),
    ...(kind && { kind }),
    ...(agentName ? { agentName } : {}),
    ...(query.sessionTag === undefined ? {} : { sessionTag: query.sessionTag }),
    ...(cursor && { cursor }),
  });
  return {
    items: page.items.map(runStatus),
    next_cursor: page.nextCursor && encodeRunCursor(page.nextCursor),
  };
}

/** A page of the runs of everybody that were created with `listed`. */
export async function listListedRuns(
  runs: RunRepository,
  query: Pick<RunListQuery, "limit" | "cursor">,
): Promise<ListedRuns> {
  const cursor = query.cursor?.trim() ? decodeRunCursor(query.cursor.trim()) : undefined;
  const page = await runs.listListed({ limit: listLimit(query.limit, "Runs"), ...(cursor && { cursor }) });
  return {
    items: page.items.map(listedRun),
    next_cursor: page.nextCursor && encodeRunCursor(page.nextCursor),
  };
}

/** A page of the decision log of the caller's run, in step order. */
export async function listDecisions(
  query: OwnRunQuery & Pick<RunListQuery, "limit" | "cursor">,
  { runs, steps }: { readonly runs: RunRepository; readonly steps: RunSteps },
): Promise<DecisionLog> {
  const { runId } = await ownRun(runs, query);
  const limit = listLimit(query.limit, "Decisions");
  const from = query.cursor?.trim() ? decodeStep(query.cursor.trim()) : 0;
  // one more than asked for tells whether there is a next page
  const found = await steps.list({ runId, from, limit: limit + 1 });
  const more = found.length > limit;
  return {
    items: found.slice(0, limit).map(logItem),
    next_cursor: more ? encodeStep(from + limit) : null,
  };
}

function oneOf<Name extends string>(
  name: string,
  { text, known }: { readonly text: string | undefined; readonly known: readonly Name[] },
): Name | undefined {
  const asked = text?.trim().toLowerCase();
  if (!asked) return undefined;
  const found = known.find((one) => one === asked);
  if (found) return found;
  throw validationError(`Invalid runs ${name} filter`, [{
    path: `query.${name}`,
    code: "invalid_value",
    message: `${name} must be one of: ${known.join(", ")}`,
  }]);
}

function encodeStep(step: number): string {
  const text = JSON.stringify({ step_index: step });
  return new TextEncoder().encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
}

function decodeStep(text: string): number {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    const { step_index: step } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (Number.isInteger(step) && step >= 0 && step < 2 ** 31) return step;
  } catch {
    // no cursor of ours
  }
  throw validationError("Invalid decisions cursor", [
    { path: "query.cursor", code: "invalid_cursor", message: "cursor must be base64url(json)" },
  ]);
}
