import assert from "node:assert/strict";
import { errorItemsMax, findingsOf, sortItems, validationError } from "./errors.ts";

const item = (path: string, code: string, message: string) => ({ path, code, message });

Deno.test("13 sortItems() orders by path, then code, then message, and names what has no name", () => {
  const sorted = [
    item("a", "a", "1"),
    item("a", "a", "2"),
    item("a", "b", "0"),
    item("b", "a", "0"),
    item("unknown", "validation_error", "0"),
  ];
  const sent = [sorted[3]!, item("", "", "0"), sorted[1]!, sorted[2]!, sorted[0]!];
  assert.deepEqual(sortItems(sent), sorted);
  assert.deepEqual(sortItems(sorted.toReversed()), sorted);
});

Deno.test("13 validationError() tells the first items and, where there are more, how many", () => {
  const many = Array.from(
    { length: errorItemsMax + 1 },
    (_, i) => item(String(i).padStart(3, "0"), "c", "m"),
  );
  const whole = validationError("no", many.slice(1));
  assert.equal("errors_total" in whole.details, false);
  assert.equal(findingsOf(whole).items.length, errorItemsMax);
  const cut = validationError("no", many.toReversed());
  assert.deepEqual(cut.details, { errors: many.slice(0, errorItemsMax), errors_total: errorItemsMax + 1 });
  assert.deepEqual(findingsOf(cut), { items: many.slice(0, errorItemsMax), total: errorItemsMax + 1 });
});
