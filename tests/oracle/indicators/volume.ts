import type { Oracles } from "./oracle.ts";

/** Oracles of the `volume.*` family. */
export const volume: Oracles = {};
