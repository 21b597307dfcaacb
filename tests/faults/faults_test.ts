import assert from "node:assert/strict";
import type { Fault } from "../../scripts/faults/fault.ts";
import { headings, leftOutRow, markdownTable, verdict } from "../../scripts/faults/fault_row.ts";
import { networkFaults } from "../../scripts/faults/network_faults.ts";
import { sessionFaults } from "../../scripts/faults/session_faults.ts";
import { type Reference, tryFault } from "../../scripts/faults/try_fault.ts";

const reference: Reference = new Map();

function named(faults: readonly Fault[], name: string): Fault {
  const fault = faults.find((fault) => fault.name === name);
  assert.ok(fault, name);
  return fault;
}

Deno.test("13 workers and API survive that all sessions are terminated ten times a second", async () => {
  const row = await tryFault(named(sessionFaults, "sessions terminated"), reference);
  assert.deepEqual(row.problems, []);
  assert.equal(verdict(row), "yes");
  assert.equal(row.seen.alive, "3 of 3");
});

Deno.test("13 workers and API survive connections that are reset at their first statement", async () => {
  const row = await tryFault(named(networkFaults, "closed at the first statement, RST"), reference);
  assert.deepEqual(row.problems, []);
});

Deno.test("a fault that nobody feels is not survived, nor one after which a result is another", async () => {
  const row = await tryFault({
    name: "nothing",
    injected: "nothing",
    strike: () => Promise.resolve(),
    felt: /no process logs this/,
  }, new Map([[0, "another result"]]));
  assert.equal(verdict(row), "NO");
  assert.ok(row.problems.includes("neither worker nor API noticed it"));
  assert.ok(row.problems.some((problem) => /jobs have another result/.test(problem)), `${row.problems}`);
});

Deno.test("a fault that cannot be tried says why, and the table has a cell for everything", async () => {
  const fault = { name: "x", injected: "y", obstacle: () => Promise.resolve("no right to mount") };
  const row = await tryFault({ ...fault, strike: () => assert.fail(), felt: /./ }, reference);
  assert.equal(verdict(row), "left out: no right to mount");
  const [titles, , line] = markdownTable([leftOutRow(fault, "no time left")]).split("\n");
  assert.equal(titles, `| fault | injected | ${headings.join(" | ")} | survived |`);
  assert.equal(line!.split("|").length, titles!.split("|").length);
});
