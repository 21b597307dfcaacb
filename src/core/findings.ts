import { BacktestError, type ErrorItem, validationError } from "./errors.ts";

/** A `validation_error` over some findings; a single one is also its message. */
export function refusal(items: readonly ErrorItem[]): BacktestError {
  return validationError(items.length === 1 ? items[0].message : "Validation failed", items);
}

/** Runs all tasks and answers their results, or throws the findings of all that were refused as one error. */
export function gather<T>(tasks: readonly (() => T)[]): readonly T[] {
  const results: T[] = [];
  const items: ErrorItem[] = [];
  for (const task of tasks) {
    try {
      results.push(task());
    } catch (error) {
      if (!(error instanceof BacktestError) || !Array.isArray(error.details.errors)) throw error;
      items.push(...error.details.errors as ErrorItem[]);
    }
  }
  if (items.length > 0) throw refusal(items);
  return results;
}
