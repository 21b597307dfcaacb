/**
 * Simulates workers, users, clocks, database and network over the in-memory twin and holds every write against the queue's
 * promises. Exits 1 with the seed when one is broken; the same seed and steps repeat the run exactly.
 *
 * Usage: `deno task simulate [--seed N] [--steps M] [--runs R]`: R runs with the seeds N, N + 1, ...
 */
import { exitCode, readOptions } from "./script_options.ts";
import { simulate } from "../tests/simulation/simulate.ts";

async function main(args: readonly string[]): Promise<number> {
  const { seed: first, steps, runs } = readOptions(args, {
    seed: Date.now() % 1_000_000,
    steps: 2000,
    runs: 20,
  });
  for (let seed = first; seed < first + runs; seed++) {
    try {
      const { jobs, reclaims, states } = await simulate({ seed, steps });
      const counts = Object.entries(states).map(([state, count]) => `${count} ${state}`).join(", ");
      console.log(`seed ${seed}: ${steps} steps, ${jobs} jobs (${counts}), ${reclaims} reclaims`);
    } catch (error) {
      console.log(`FAILED with --seed ${seed} --steps ${steps} --runs 1`);
      console.log(error instanceof Error ? error.message : String(error));
      return 1;
    }
  }
  return 0;
}

if (import.meta.main) Deno.exit(await exitCode(main));
