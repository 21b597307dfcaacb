/**
 * The faults tried against those survived: real workers and an API at work on a real Postgres, struck by one fault after
 * the other. Prints a table; exits 1 when something was not survived, or there was no time left to try it.
 *
 * Usage: `deno task faults [--only TEXT] [--minutes N] [--lanes N]`
 */
import { allFaults } from "./faults/all_faults.ts";
import type { Fault } from "./faults/fault.ts";
import { type FaultRow, leftOutRow, markdownTable, verdict } from "./faults/fault_row.ts";
import { undoAtSignals } from "./faults/leftovers.ts";
import { undisturbed } from "./faults/server_faults.ts";
import { exitCode, onlyOf, readOptions } from "./script_options.ts";
import { type Reference, tryFault } from "./faults/try_fault.ts";

/** What a fault takes on a machine that is busy with other work. */
const needMs = 60_000;

async function main(args: readonly string[]): Promise<number> {
  const { only, minutes, lanes } = readOptions(args, { only: "", minutes: 10, lanes: 2 });
  const chosen = onlyOf(allFaults, { text: only, nameOf: ({ name }) => name });
  const endMs = performance.now() + minutes * 60_000;
  const reference: Reference = new Map();
  const rowOf = new Map<Fault, FaultRow>();
  let untried = 0;
  const tryNext = async (fault: Fault) => {
    const late = performance.now() > endMs - needMs;
    if (late) untried++;
    const row = late
      ? leftOutRow(fault, "no time left")
      : await tryFault(fault, reference).catch((error) => unstarted(fault, error));
    rowOf.set(fault, row);
    console.log(`${row.fault}: ${verdict(row)}`);
    for (const problem of row.problems) console.log(`  FAILED ${problem}`);
  };
  // alone, as the others are held against its results
  await tryNext(undisturbed);
  const waiting = chosen.values();
  await Promise.all(Array.from({ length: lanes }, async () => {
    for (const fault of waiting) await tryNext(fault);
  }));
  const rows = [undisturbed, ...chosen].map((fault) => rowOf.get(fault)!);
  console.log(markdownTable(rows));
  const tried = rows.filter(({ leftOut }) => leftOut === null);
  const survived = tried.filter(({ problems }) => problems.length === 0);
  console.log(`${tried.length} tried, ${survived.length} survived, ${rows.length - tried.length} left out`);
  return survived.length === tried.length && untried === 0 ? 0 : 1;
}

function unstarted(fault: Fault, error: unknown): FaultRow {
  return { ...leftOutRow(fault, ""), leftOut: null, problems: [`it could not be tried: ${error}`] };
}

if (import.meta.main) {
  undoAtSignals();
  Deno.exit(await exitCode(main));
}
