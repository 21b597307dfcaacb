import { createPool } from "../../src/adapters/wasm/pool.ts";
import { firstBatchVariants } from "../../src/core/limits/mod.ts";
import type { Compute, SweepInput } from "../../src/ports/compute.ts";
import { adaptiveBatchSize } from "../../src/sweep/batch_size.ts";
import { runBatches } from "../../src/sweep/batches.ts";
import { peakMemoryMb } from "./machine.ts";
import { measure, type Times } from "./measure.ts";
import { resultHash } from "./result_hash.ts";

/** What a sweep's base variants are ranked by, one entry per variant in the order of the plan. */
export interface ScoreTable {
  /** Goodness of the primary metric. */
  readonly scores: Float64Array;
  /** Goodness of the secondary metric, 0 without one. */
  readonly secondary: Float64Array;
  /** Total return in percent. */
  readonly returns: Float64Array;
}

/** A timed score table. */
export interface TimedTable {
  readonly times: Times;
  readonly table: ScoreTable;
  readonly hash: string;
  /** Of this process so far. */
  readonly peakMemoryMb: number;
}

/** Scores all base variants on that many threads, `runs` times; each run opens a session, so that nothing is in cache. */
export async function timeScoreTable(
  input: SweepInput,
  { threads, runs }: { readonly threads: number; readonly runs: number },
): Promise<TimedTable> {
  await using compute = createPool({ threads });
  const { times, result: table } = await measure(() => scoreTable(compute, input), { runs });
  return { times, table, hash: tableHash(table), peakMemoryMb: peakMemoryMb() };
}

/** SHA-256 of all its columns. */
export function tableHash({ scores, secondary, returns }: ScoreTable): string {
  return resultHash(Float64Array.from([scores, secondary, returns].flatMap((column) => [...column])));
}

/** Scores all base variants in a session of their own. */
export async function scoreTable(compute: Compute, input: SweepInput): Promise<ScoreTable> {
  await using session = await compute.open(input);
  const total = input.plan.stageATotal;
  const column = () => new Float64Array(total);
  const table = { scores: column(), secondary: column(), returns: column() };
  await runBatches({
    total,
    inFlight: compute.threads + 1,
    size: adaptiveBatchSize(firstBatchVariants),
    run: (batch) => session.scoreBase(batch, { keep: total, floor: -Infinity }),
    merge(_batch, { indexes, scores, secondary, returns }) {
      indexes.forEach((index, i) => {
        table.scores[index] = scores[i]!;
        table.secondary[index] = secondary?.[i] ?? 0;
        table.returns[index] = returns[i]!;
      });
    },
    boundary: () => Promise.resolve(),
  });
  return table;
}
