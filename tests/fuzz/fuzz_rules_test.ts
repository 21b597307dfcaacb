import assert from "node:assert/strict";
import { compileEnter, fuzzRules } from "./fuzz_rules.ts";

const seed = 20_260_102;

Deno.test("compileRules() neither crashes nor hangs, and canonical texts are stable, on a sample of fuzz texts", () => {
  const { cases, accepted, failure, slowestMs } = fuzzRules({ seed, cases: 20_000 });
  assert.equal(failure, null);
  assert.equal(cases, 20_000);
  assert.ok(accepted > 5000 && accepted < 19_000, `${accepted} texts accepted`);
  assert.ok(slowestMs < 1000, `the slowest text took ${slowestMs} ms`);
});

Deno.test("fuzzRules() notices a crash, an empty refusal and a canonical text that is another strategy", () => {
  const crash = fuzzRules({ seed, cases: 500 }, (text) => {
    if (text.includes("xor")) throw new RangeError("no xor");
    return compileEnter(text);
  });
  assert.match(crash.failure!.message, /no xor/);
  const silent = fuzzRules({ seed, cases: 500 }, (text) => {
    const made = compileEnter(text);
    return made.rules === null ? { rules: null, faults: [] } : made;
  });
  assert.equal(silent.failure!.message, "refused without a fault");
  const other = fuzzRules({ seed, cases: 2000 }, (text) => compileEnter(text.replaceAll("not (", "(")));
  assert.match(other.failure!.message, /has the canonical text/);
});

Deno.test("fuzzRules() gives the same texts for the same seed, and stops in time", () => {
  const [first, second] = [1, 1].map((same) => fuzzRules({ seed: same, cases: 500 }).accepted);
  assert.equal(first, second);
  assert.ok(fuzzRules({ seed: 1, cases: 10_000_000, seconds: 0.1 }).cases < 1_000_000);
});
