import type { Oracles } from "./oracle.ts";

/** Oracles of the `structure.*` family. */
export const structure: Oracles = {};
