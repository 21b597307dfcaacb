import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Benchmark } from "./benchmark.ts";
import { measure } from "./measure.ts";
import { runCommand } from "./peers/run_command.ts";
import { requireSame } from "./check.ts";
import { resultHash } from "./result_hash.ts";

const script = (name: string) => fileURLToPath(new URL(`./cold/${name}.ts`, import.meta.url));
const moduleFile = new URL("../../build/backtest.wasm", import.meta.url);
const sizes = { full: { runs: 15 }, smoke: { runs: 1 } } as const;

/** From nothing to the first scored variant, in a process of its own. */
export const coldStart: Benchmark = {
  usesPeers: false,
  async run(size) {
    const { runs } = sizes[size];
    const first = await measure(() => runScript("first_score"), { runs });
    const empty = await measure(() => runScript("nothing"), { runs });
    const [score = NaN, replayed = NaN] = first.result.split(" ").map(Number);
    requireSame({ what: "the first variant", actual: score, expected: replayed });
    return {
      ...first.times,
      ratios: { empty_process: empty.times.median_ms / first.times.median_ms },
      hash: resultHash(Float64Array.of(score)),
      figures: { module_bytes: statSync(moduleFile).size, empty_process_ms: empty.times.median_ms },
      conditions: { includes: "start of the process to its end, types not checked, sources in Deno's cache" },
    };
  },
};

function runScript(name: string): Promise<string> {
  return runCommand(Deno.execPath(), [
    "run",
    "--node-modules-dir=auto",
    "--no-prompt",
    "--no-check",
    "--allow-read",
    script(name),
  ]);
}
