import type { Session } from "../../src/adapters/wasm/session.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import { runCommand } from "./peers/run_command.ts";

/** The last commit whose kernels looked at every bar of a position to measure a fall, and read fills from an f64 table. */
export const oldCommit = "1c2bbc0c1f536e5bf674756456c73f11b24321a3";

/** Opens a session of that commit's own code and module. */
export type OldKernels = (input: SweepInput) => Session;

/**
 * Takes the commit's sources from the history and loads them into this process, so that old and new kernels can take turns.
 * Null, and a line on stderr that says why, where the history is not there.
 */
export async function oldKernels(): Promise<OldKernels | null> {
  const folder = new URL(`../../build/kernels-${oldCommit.slice(0, 7)}/`, import.meta.url);
  try {
    await Deno.mkdir(folder, { recursive: true });
    const archive = `${folder.pathname}sources.tar`;
    await runCommand("git", ["archive", "-o", archive, oldCommit, "assembly", "src"]);
    await runCommand("tar", ["-xf", archive, "-C", folder.pathname]);
  } catch (error) {
    console.error(`the old kernels are left out: ${(error as Error).message.split("\n")[0]}`);
    return null;
  }
  const load = (path: string) => import(new URL(`src/adapters/wasm/${path}`, folder).href);
  const { Session: OldSession } = await load("session.ts");
  const { sessionInput } = await load("session_input.ts");
  const { instantiateKernels } = await load("kernels.ts");
  const module = new WebAssembly.Module(
    await Deno.readFile(new URL("assembly/shipped/backtest.wasm", folder)),
  );
  return (input) => new OldSession(instantiateKernels(module), sessionInput(input));
}
