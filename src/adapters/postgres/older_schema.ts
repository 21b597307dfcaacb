import { isDriverError } from "./storage_error.ts";

// undefined column, function, table: https://www.postgresql.org/docs/current/errcodes-appendix.html
const missing: ReadonlySet<string> = new Set(["42703", "42883", "42P01"]);

/**
 * What `work` returns or, on a schema that lacks a column, a function or a table it needs, what `older` returns: a worker may be
 * started before the migration.
 */
export async function onOlderSchema<T>(work: () => Promise<T>, older: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDriverError(error) && missing.has(error.code)) return await older();
    throw error;
  }
}
