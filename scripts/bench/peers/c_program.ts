import { fileURLToPath } from "node:url";
import { requireSame } from "../check.ts";
import { summary, type Times } from "../measure.ts";
import type { TapeRun } from "../tape_run.ts";
import { asPeer, ifPresent, runCommand } from "./run_command.ts";
import { tapeFolder } from "./tape_folder.ts";

/** The state machine of the replay in C, bar by bar, compiled for this machine. */
export interface CProgram extends AsyncDisposable {
  /** Compiler and flags. */
  readonly version: string;
  /** Times one thread over all tapes and levels. Rejects when its returns are not the expected ones. */
  run(given: TapeRun): Promise<Times>;
}

const flags = ["-O3", "-march=native"];
const source = fileURLToPath(new URL("../c/bar_by_bar.c", import.meta.url));

/** Compiles the program; null, and a line on stderr that says why, where there is no C compiler that does it. */
export async function compileC(): Promise<CProgram | null> {
  const compiler = await ifPresent("c", runCommand("cc", ["--version"]));
  if (compiler === null) return null;
  const folder = await Deno.makeTempDir({ prefix: "backtest-bench-c-" });
  const binary = `${folder}/bar_by_bar`;
  if (await ifPresent("c", runCommand("cc", [...flags, "-o", binary, source, "-lm"])) === null) {
    await Deno.remove(folder, { recursive: true });
    return null;
  }
  return {
    version: `${compiler.split("\n")[0]} ${flags.join(" ")}`,
    run: (given) => runBinary(binary, given),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function runBinary(binary: string, given: TapeRun): Promise<Times> {
  await using folder = await tapeFolder(given);
  const { slice } = given.input.timeline;
  const { init_cash_quote, fee_pct, slippage_pct } = given.input.plan.execution;
  const counts = [slice.stop - slice.start, given.tapes.length, given.levels.length, given.runs + 1];
  const account = [init_cash_quote, fee_pct / 100, slippage_pct / 100];
  const args = [folder.path, ...[...counts, ...account].map(String)];
  const text = await asPeer("c", runCommand(binary, args));
  const { elapsed_ms, returns } = JSON.parse(text) as { elapsed_ms: number[]; returns: number[] };
  given.expected.forEach((expected, i) =>
    requireSame({ what: `C program, run ${i}`, actual: returns[i]!, expected })
  );
  return summary(elapsed_ms.slice(1));
}
