import { BacktestError, type ErrorItem, type Findings, findingsOf, validationError } from "./errors.ts";

/** A `validation_error` over some findings; a single one is also its message. */
export function refusal(found: readonly ErrorItem[] | Findings): BacktestError {
  const { items, total } = "items" in found ? found : { items: found, total: found.length };
  return validationError(total === 1 ? items[0]!.message : "Validation failed", { items, total });
}

/** Runs all tasks and returns their results in their order, or throws the findings of all that were refused as one error. */
export function gather<const Tasks extends readonly (() => unknown)[]>(
  tasks: Tasks,
): { readonly [K in keyof Tasks]: ReturnType<Tasks[K]> } {
  const results: unknown[] = [];
  const items: ErrorItem[] = [];
  let total = 0;
  for (const task of tasks) {
    try {
      results.push(task());
    } catch (error) {
      if (!(error instanceof BacktestError) || !Array.isArray(error.details.errors)) throw error;
      const found = findingsOf(error);
      items.push(...found.items);
      total += found.total;
    }
  }
  if (items.length > 0) throw refusal({ items, total });
  return results as { readonly [K in keyof Tasks]: ReturnType<Tasks[K]> };
}
