import type { OptimizationList, OptimizationTasks } from "../answers/optimization.ts";
import { validationError } from "../core/errors/mod.ts";
import { decodeJobCursor, encodeJobCursor } from "../core/job/mod.ts";
import { type OptimizationStatus, optimizationStatuses } from "../core/optimization/mod.ts";
import { type OptimizationReader, tasksPageMax } from "../ports/optimization_reader.ts";
import { listLimit } from "./list_limit.ts";
import { optimizationView, taskView } from "./optimization_view.ts";
import type { JobQuery } from "./own_job.ts";
import { ownOptimization } from "./own_optimization.ts";

/** Which optimisations are asked for; texts as the caller sent them, blank ones count as absent. */
export interface OptimizationListQuery {
  readonly userId: string;
  readonly status?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** A page of the caller's optimisations. Rejects with `validation_error` naming status, cursor or limit, in that order. */
export async function listOptimizations(
  optimizations: OptimizationReader,
  { userId, ...query }: OptimizationListQuery,
): Promise<OptimizationList> {
  const status = parseStatus(query.status);
  const cursor = query.cursor?.trim() ? decodeJobCursor(query.cursor.trim()) : undefined;
  const page = await optimizations.listForUser({
    userId,
    limit: listLimit(query.limit, "Optimizations"),
    ...(status === undefined ? {} : { status }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  return {
    items: page.items.map(optimizationView),
    next_cursor: page.nextCursor && encodeJobCursor(page.nextCursor),
  };
}

/** A page of an optimisation's tasks, in order; the cursor is the `seq` of the last one seen. */
export async function listTasks(
  optimizations: OptimizationReader,
  query: JobQuery & { readonly limit?: number; readonly cursor?: string },
): Promise<OptimizationTasks> {
  const { job: { jobId } } = await ownOptimization(optimizations, query);
  const afterSeq = parseSeq(query.cursor);
  const limit = listLimit(query.limit, { list: "Tasks", usual: 100, max: tasksPageMax });
  const page = await optimizations.listTasks({
    jobId,
    limit,
    ...(afterSeq === undefined ? {} : { afterSeq }),
  });
  return {
    items: page.items.map(taskView),
    next_cursor: page.nextSeq === null ? null : String(page.nextSeq),
  };
}

function parseStatus(text: string | undefined): OptimizationStatus | undefined {
  const name = text?.trim().toLowerCase();
  if (!name) return undefined;
  const status = optimizationStatuses.find((known) => known === (name === "canceled" ? "cancelled" : name));
  if (status) return status;
  throw validationError("Invalid optimizations status filter", [{
    path: "query.status",
    code: "invalid_value",
    message: `status must be one of: ${optimizationStatuses.join(", ")}`,
  }]);
}

function parseSeq(text: string | undefined): number | undefined {
  const seq = text?.trim();
  if (!seq) return undefined;
  if (/^\d{1,9}$/.test(seq)) return Number(seq);
  const item = { path: "query.cursor", code: "invalid_cursor", message: "cursor must be a next_cursor" };
  throw validationError("Invalid tasks cursor", [item]);
}
