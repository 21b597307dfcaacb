import assert from "node:assert/strict";
import { check } from "recheck";
import { type Attack, attacksOn, attackText } from "../helpers/attack_texts.ts";
import { type SourceExpression, sourceExpressions } from "../helpers/source_expressions.ts";

const { literals, computed } = await sourceExpressions();

/**
 * Characters of a text, and how long they may take in ms: from small to 1 MB, so that one that is slow is found before
 * it takes hours. A linear one takes some ms for all of them.
 */
const bounds = [[8000, 100], [64_000, 250], [1_000_000, 1500]] as const;

function took({ source, flags }: SourceExpression, text: string): number {
  const expression = new RegExp(source, flags);
  const startedMs = performance.now();
  if (expression.global) text.replaceAll(expression, "");
  else expression.test(text);
  return performance.now() - startedMs;
}

function isSlow(expression: SourceExpression, attack: Attack): boolean {
  return bounds.some(([length, boundMs]) => {
    const text = attackText(attack, length);
    // once more where something else had the processor
    return took(expression, text) > boundMs && took(expression, text) > boundMs;
  });
}

Deno.test("every regular expression of the source is written out, so that it can be judged", () => {
  assert.deepEqual(computed, []);
  assert.ok(literals.length > 50, `found ${literals.length}`);
});

Deno.test("no regular expression takes long for 1 MB made of itself, repeated and nearly matching", () => {
  const slow = literals.flatMap((expression) => {
    const attack = attacksOn(expression).find((attack) => isSlow(expression, attack));
    return attack ? [{ ...expression, ...attack }] : [];
  });
  assert.deepEqual(slow, []);
});

Deno.test("recheck knows of no text that makes a regular expression take more than linear time", async () => {
  Deno.env.set("RECHECK_BACKEND", "pure");
  const judged = await Promise.all(literals.map(async (literal) => ({
    ...literal,
    ...await check(literal.source, literal.flags, { timeout: 5000, checker: "automaton" }),
  })));
  const vulnerable = judged.filter(({ status }) => status === "vulnerable");
  assert.deepEqual(vulnerable.map(({ at, source, flags }) => `${at}: /${source}/${flags}`), []);
});

Deno.test("the check finds the expressions that hung the log", () => {
  const old = { at: "", source: "\\b([a-z][a-z0-9+.-]*):\\/\\/[^\\s/@]*@[^\\s\"']*", flags: "gi" };
  assert.ok(attacksOn(old).some((attack) => isSlow(old, attack)));
});
