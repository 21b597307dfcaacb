import assert from "node:assert/strict";
import { compileRules, type SideState } from "./mod.ts";
import { stepState } from "./side_state.ts";

const both = compileRules({
  long: { enter: "close > open", exit: "close > high" },
  short: { enter: "close < open" },
}, { timeframe: "1d" }).rules!;
const nothing = { enter: false, exit: false };
const opensAll = { long: true, short: true };

Deno.test("stepState() says in words why a side is held, left, entered or not", () => {
  const enter = { enter: true, exit: false };
  const exit = { enter: false, exit: true };
  const cases: readonly [SideState, typeof nothing, typeof nothing, SideState, string][] = [
    [0, nothing, nothing, 0, "no enter is true"],
    [0, enter, nothing, 1, "long.enter is true; long is entered"],
    [
      0,
      { enter: true, exit: true },
      nothing,
      0,
      "long.enter and long.exit are both true, so it is not entered",
    ],
    [0, enter, enter, 0, "long.enter and short.enter are both true, so neither is entered"],
    [1, nothing, nothing, 1, "nothing ends long"],
    [1, exit, nothing, 0, "long.exit is true; long ends"],
    [1, exit, enter, -1, "long.exit is true; short.enter is true; long ends; short is entered"],
    [1, nothing, enter, -1, "short.enter is true; long ends; short is entered"],
    [
      1,
      enter,
      enter,
      0,
      "short.enter is true; long ends; long.enter and short.enter are both true, so neither is entered",
    ],
    [-1, nothing, enter, -1, "nothing ends short"],
    [-1, nothing, nothing, 0, "short.enter is not true, and there is no exit; short ends"],
    [
      -1,
      enter,
      nothing,
      1,
      "short.enter is not true, and there is no exit; long.enter is true; short ends; long is entered",
    ],
  ];
  for (const [before, long, short, state, why] of cases) {
    const step = stepState(both, { before, long, short, opens: opensAll });
    assert.deepEqual([step.state, step.reasons.join("; ")], [state, why]);
  }
  const step = stepState(both, {
    before: 1,
    long: nothing,
    short: enter,
    opens: { long: true, short: false },
  });
  assert.deepEqual([step.state, step.reasons.at(-1)], [
    0,
    "short.enter is true, but the direction mode opens no short",
  ]);
  const one = compileRules({ long: { enter: "close > open" } }, { timeframe: "1d" }).rules!;
  assert.equal(stepState(one, { before: 1, long: enter, short: enter, opens: opensAll }).state, 1);
});
