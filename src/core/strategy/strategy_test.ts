import assert from "node:assert/strict";
import { decodeStrategyCursor, encodeStrategyCursor, requireNewStrategy } from "./strategy.ts";

const id = "0190aaaa-0000-4000-8000-000000000001";
const strategy = { strategyId: id, userId: id, name: "x", spec: { a: 1 } };

Deno.test("requireNewStrategy() takes names of 1 to 200 characters without blanks around them", () => {
  for (const name of ["x", "x".repeat(200), "a b"]) requireNewStrategy({ ...strategy, name });
  for (const name of ["", " ", " x", "x\n", "x".repeat(201)]) {
    assert.throws(() => requireNewStrategy({ ...strategy, name }), {
      name: "TypeError",
      message: `Cannot save strategy "${id}": its name must have 1 to 200 characters and no blanks around it`,
    });
  }
});

Deno.test("requireNewStrategy() refuses ids that are none and specifications without members", () => {
  assert.throws(() => requireNewStrategy({ ...strategy, strategyId: "x" }), /strategy id/);
  assert.throws(() => requireNewStrategy({ ...strategy, userId: "x" }), /user id/);
  for (const spec of [{}, [1] as unknown as typeof strategy.spec]) {
    assert.throws(() => requireNewStrategy({ ...strategy, spec }), /its specification has no members/);
  }
});

Deno.test("the cursor of a strategy comes back, and that of no other list is taken for one", () => {
  const cursor = { createdAtMs: 1_700_000_000_123, strategyId: id };
  assert.deepEqual(decodeStrategyCursor(encodeStrategyCursor(cursor)), cursor);
  assert.throws(() => decodeStrategyCursor("x"), { code: "validation_error" });
});
