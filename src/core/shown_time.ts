import { formatTimestamp } from "./time_text.ts";

const dateMaxMs = 8.64e15;

/** Epoch ms as ISO 8601, or as the number where no date is that far away. */
export function shownTime(epochMs: number): string {
  return Math.abs(epochMs) <= dateMaxMs ? formatTimestamp(epochMs) : String(epochMs);
}
