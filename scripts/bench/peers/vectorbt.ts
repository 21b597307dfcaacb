import { fileURLToPath } from "node:url";
import { summary, type Times } from "../measure.ts";
import type { TapeRun } from "../tape_run.ts";
import { asPeer, ifPresent, runCommand } from "./run_command.ts";
import { tapeFolder } from "./tape_folder.ts";

/** vectorbt over given signals or over pairs of moving averages. */
export interface Vectorbt {
  /** Versions of vectorbt and of what decides about its speed. */
  readonly version: string;
  /** Time of trading every tape with every pair of levels. */
  runTapes(given: TapeRun): Promise<Times>;
  /** Times of one column per pair of windows: the averages and the rest apart. */
  runPairs(
    given: TapeRun,
    windows: PairWindows,
  ): Promise<{ readonly averages: Times; readonly columns: Times }>;
}

/** Windows whose product is computed. */
export interface PairWindows {
  readonly sma: readonly number[];
  readonly ema: readonly number[];
}

const script = fileURLToPath(new URL("./vectorbt_peer.py", import.meta.url));

/** Looks for a Python that can import vectorbt; null, and a line on stderr that says why, where `python` cannot. */
export async function findVectorbt(python = "python3"): Promise<Vectorbt | null> {
  const printed = await ifPresent("vectorbt", runCommand(python, [script, "version"]));
  if (printed === null) return null;
  const version = printed.trim();
  const run = async (given: TapeRun, job: Readonly<Record<string, unknown>>) => {
    await using folder = await tapeFolder(given);
    const { slice } = given.input.timeline;
    const { init_cash_quote, fee_pct, slippage_pct } = given.input.plan.execution;
    const description = {
      ...job,
      bars: slice.stop - slice.start,
      tapes: given.tapes.length,
      runs: given.runs,
      init_cash: init_cash_quote,
      fees: fee_pct / 100,
      slippage: slippage_pct / 100,
    };
    await Deno.writeTextFile(`${folder.path}/job.json`, JSON.stringify(description));
    const text = await asPeer("vectorbt", runCommand(python, [script, "run", folder.path]));
    return JSON.parse(text) as Record<string, number[]>;
  };
  return {
    version,
    async runTapes(given) {
      return summary((await run(given, { kind: "tapes" })).columns_ms!);
    },
    async runPairs(given, windows) {
      const { averages_ms, columns_ms } = await run(given, { kind: "pairs", ...windows });
      return { averages: summary(averages_ms!), columns: summary(columns_ms!) };
    },
  };
}
