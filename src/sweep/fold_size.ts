import { foldedBatchCells } from "../core/limits/mod.ts";

/** The most base variants of a batch whose every cell may come back as a candidate. */
export function foldedBasesMax(riskTotal: number): number {
  return Math.max(1, Math.floor(foldedBatchCells / riskTotal));
}
