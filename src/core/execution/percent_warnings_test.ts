import assert from "node:assert/strict";
import { percentWarnings } from "./percent_warnings.ts";

const off = { sl: [null], tp: [null] };
const usual = { fee_pct: 0.075 };

Deno.test("13 percentWarnings() tells of stops and targets that are all below 0.1 %", () => {
  const warned = (sl: readonly (number | null)[]) =>
    percentWarnings({ risk: { ...off, sl }, execution: usual }).length;
  assert.deepEqual(percentWarnings({ risk: { sl: [0.01, 0.02], tp: [0.07] }, execution: usual }), [
    "tiny_percent: no sl is above 0.02, which is 0.02 %; percentages are human: 2 % is written 2",
    "tiny_percent: no tp is above 0.07, which is 0.07 %; percentages are human: 7 % is written 7",
  ]);
  for (const levels of [[0.099], [null, 0.05]]) assert.equal(warned(levels), 1, `${levels}`);
  for (const levels of [[0.1], [0.02, 0.1], [0, 0.05], [0], [null], []]) {
    assert.equal(warned(levels), 0, `${levels}`);
  }
});

Deno.test("13 percentWarnings() tells of a fee that no market has, and of none that one has", () => {
  const of = (fee_pct: number) => percentWarnings({ risk: off, execution: { fee_pct } });
  assert.deepEqual(of(0.00075), [
    "tiny_percent: fee_pct is 0.00075, which is 0.00075 %; percentages are human: 0.075 % is written 0.075",
  ]);
  assert.equal(of(0.0049).length, 1);
  for (const fee of [0, 0.005, 0.01, 0.075]) assert.deepEqual(of(fee), [], `${fee}`);
});
