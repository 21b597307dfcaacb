import process from "node:process";
import type { Benchmark, NamedResult, Peers, Size } from "./benchmark.ts";
import { benchmarks } from "./benchmarks.ts";
import { machine } from "./machine.ts";
import { compileC } from "./peers/c_program.ts";
import { findVectorbt } from "./peers/vectorbt.ts";
import { withoutFailing } from "./peers/without_failing.ts";

// One benchmark in a process of its own, so that its peak memory is its own: run_one.ts NAME SIZE PYTHON. Prints one
// JSON object, or one line on stderr and nothing else when the result is wrong.

const [name = "", size, python] = process.argv.slice(2);
try {
  const load = benchmarks[name];
  if (load === undefined) throw new Error("there is none of that name");
  console.log(JSON.stringify(await run(await load()), (_, value) => significant(value)));
} catch (error) {
  console.error(`Cannot measure ${name}: ${(error as Error).message}`);
  process.exitCode = 1;
}

async function run({ usesPeers, run }: Benchmark): Promise<NamedResult> {
  await using c = usesPeers ? await compileC() : null;
  const peers: Peers = { c, vectorbt: usesPeers ? await findVectorbt(python) : null };
  const { result: { conditions, ...result }, measured } = await withoutFailing(
    peers,
    (left) => run(size as Size, { peers: left }),
  );
  return { name, ...result, conditions: { size, ...conditions, ...machine(measured) } };
}

/** Counts stay whole; nothing that was timed is known to more than five digits. */
function significant(value: unknown): unknown {
  return typeof value !== "number" || Number.isInteger(value) ? value : Number(value.toPrecision(5));
}
