import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import type { Replay } from "../../src/core/execution/mod.ts";
import { measuresOf, merit } from "../../src/core/ranking/mod.ts";
import { drawdown, equityCurve } from "../../src/core/report/mod.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import { requireSame, spread } from "./check.ts";
import type { ScoreTable } from "./score_table.ts";
import { signalTape } from "./signal_tape.ts";

/** Some variants of a checked table, as bar-by-bar engines want them. */
export interface CheckedSample {
  readonly tapes: readonly Uint8Array[];
  /** Total returns in percent. */
  readonly returns: readonly number[];
  readonly meanTrades: number;
}

/** Rejects unless some variants, spread over the table, are what their replays and equity curves give. */
export async function checkTable(
  table: ScoreTable,
  { input, sample }: { readonly input: SweepInput; readonly sample: number },
): Promise<CheckedSample> {
  await using compute = createInProcessCompute();
  await using session = await compute.open(input);
  const tapes: Uint8Array[] = [];
  const returns: number[] = [];
  let trades = 0;
  for (const index of spread(table.scores.length, sample)) {
    const replay = await session.replay({ stageAIndex: index, riskIndex: null });
    const { score, secondary } = merit(
      input.plan.ranking,
      measuresOf(replay, maxDrawdownPct(replay, input)),
    );
    const what = (column: string) => `variant ${index}, ${column}`;
    const expected = replay.total_return_pct;
    requireSame({ what: what("return"), actual: table.returns[index]!, expected });
    requireSame({ what: what("score"), actual: table.scores[index]!, expected: score });
    requireSame({ what: what("secondary score"), actual: table.secondary[index]!, expected: secondary });
    tapes.push(signalTape(replay, input.timeline.slice));
    returns.push(expected);
    trades += replay.trades.length;
  }
  return { tapes, returns, meanTrades: trades / tapes.length };
}

function maxDrawdownPct({ trades }: Replay, { timeline, plan }: SweepInput): number | null {
  const found = drawdown(equityCurve({ trades, timeline, initCash: plan.execution.init_cash_quote }));
  return found === null ? null : found.max * 100;
}
