import Table from "cli-table3";
import type { OptimizationAnswer, OptimizationTasks } from "../../answers/optimization.ts";

/** An optimisation beside its job: how far it is, why it stopped, and its tasks. */
export function optimizationLines(
  { status, concurrency_limit, early_stop_policy: policy, summary, stop_reason: reason }: OptimizationAnswer,
  tasks: OptimizationTasks["items"],
): string {
  const sign = (mode: "max" | "min") => mode === "max" ? ">=" : "<=";
  const lines = [
    `${status}: ${summary.finished} of ${summary.total} tasks finished, ${summary.running} running` +
    `, at most ${concurrency_limit} at a time`,
    ...(policy === null ? [] : [`stops when ${policy.metric} ${sign(policy.mode)} ${policy.threshold}`]),
    ...(reason === null ? [] : [
      `stopped by task ${reason.seq}: ${reason.metric} ${scoreText(reason)} ${
        sign(reason.mode)
      } ${reason.threshold}`,
    ]),
  ];
  return `${lines.join("\n")}\n${tasks.length === 0 ? "" : `${taskTable(tasks)}\n`}`;
}

function taskTable(tasks: OptimizationTasks["items"]): string {
  const table = new Table({
    head: ["task", "stage", "status", "units", "progress", "score", "retries", "worker"],
    colAligns: ["right", "left", "left", "left", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const task of tasks) {
    table.push([
      task.seq,
      task.stage,
      task.status,
      `${task.params.from}..${task.params.to}`,
      `${Math.floor(task.progress * 100)} %`,
      scoreText(task),
      task.retries,
      task.worker ?? "",
    ]);
  }
  return table.toString();
}

function scoreText(
  { score, score_infinite }: { readonly score: number | null; readonly score_infinite?: true },
): string {
  if (score_infinite) return "inf";
  return score === null ? "" : String(score);
}
