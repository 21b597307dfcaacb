import type { JobWakeups } from "./job_wakeups.ts";

/** Hints that never come, for a store that cannot send any: its users only poll. */
export const noWakeups: JobWakeups = { subscribe: () => ({ [Symbol.dispose]() {} }) };
