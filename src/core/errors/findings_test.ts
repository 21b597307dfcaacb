import assert from "node:assert/strict";
import { BacktestError, type ErrorItem } from "./errors.ts";
import { gather, refusal } from "./findings.ts";

const item = (path: string): ErrorItem => ({ path, code: "value_error", message: `bad ${path}` });
const refuse = (...items: ErrorItem[]) => () => {
  throw refusal(items);
};

Deno.test("refusal() takes a single finding as its message", () => {
  assert.equal(refusal([item("a")]).message, "bad a");
  assert.equal(refusal([item("a"), item("b")]).message, "Validation failed");
});

Deno.test("gather() returns all results or throws all findings, sorted", () => {
  assert.deepEqual(gather([() => 1, () => 2]), [1, 2]);
  assert.throws(() => gather([refuse(item("b")), () => 1, refuse(item("c"), item("a"))]), (error) => {
    assert.deepEqual((error as BacktestError).details, { errors: [item("a"), item("b"), item("c")] });
    return true;
  });
});

Deno.test("gather() passes on what is no finding", () => {
  const guard = new BacktestError("validation_error", "too many", { details: { total: 1 } });
  assert.throws(() =>
    gather([() => {
      throw guard;
    }]), guard);
});
