import { type Direction, scoreOf, type TopTask } from "./optimization.ts";

/**
 * The list with one more task: the best `topN` by score, ties by `result_summary_id` ascending, then by `seq`. A task that
 * is on the list already takes the place of its earlier self. The order of arrival does not matter.
 */
export function mergeTopTasks(
  list: readonly TopTask[],
  { added, topN, direction }: {
    /** Null: a task without a score, which has no place. */
    readonly added: TopTask | null;
    readonly topN: number;
    readonly direction: Direction;
  },
): readonly TopTask[] {
  if (added === null) return list;
  const merged = [...list.filter(({ seq }) => seq !== added.seq), added];
  return merged.sort((a, b) => compareTopTasks([a, b], direction)).slice(0, topN);
}

function compareTopTasks([a, b]: readonly [TopTask, TopTask], direction: Direction): number {
  const [of, and] = [scoreOf(a), scoreOf(b)];
  if (of !== and) {
    if (of === null || and === null) return of === null ? 1 : -1;
    return (of > and) === (direction === "max") ? -1 : 1;
  }
  if (a.result_summary_id !== b.result_summary_id) return a.result_summary_id < b.result_summary_id ? -1 : 1;
  return a.seq - b.seq;
}
