import type { Replay } from "../../src/core/execution/mod.ts";
import type { ComputeSession } from "../../src/ports/compute.ts";

/** A scored variant. */
export interface ScoredVariant {
  readonly stageAIndex: number;
  readonly riskIndex: number | null;
  readonly score: number;
}

/** Rejects unless every score is what the replay of the variant gives; returns the replays. */
export async function checkAgainstReplay(
  session: ComputeSession,
  variants: readonly ScoredVariant[],
): Promise<Replay[]> {
  const replays: Replay[] = [];
  for (const { stageAIndex, riskIndex, score } of variants) {
    const replay = await session.replay({ stageAIndex, riskIndex });
    const what = `variant ${stageAIndex}${riskIndex === null ? "" : `, cell ${riskIndex}`}`;
    requireSame({ what, actual: score, expected: replay.total_return_pct });
    replays.push(replay);
  }
  return replays;
}

/**
 * Throws unless two total returns in percent lie within 1e-9 of the larger of initial cash and final equity, which is
 * how far a score may be from its replay.
 */
export function requireSame(
  { what, actual, expected }: { readonly what: string; readonly actual: number; readonly expected: number },
): void {
  if (actual === expected || Math.abs(actual - expected) <= 1e-9 * Math.max(100, 100 + expected)) return;
  throw new Error(`Cannot trust the result of ${what}: ${actual} %, the replay gives ${expected} %`);
}

/** Up to `count` whole numbers spread evenly over `[0, total)`. */
export function spread(total: number, count: number): number[] {
  const taken = Math.min(total, count);
  return Array.from({ length: taken }, (_, i) => Math.floor(((i + 0.5) * total) / taken));
}
