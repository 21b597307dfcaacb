import assert from "node:assert/strict";
import {
  BacktestError,
  errorItemsMax,
  findingsOf,
  isOutage,
  isTransient,
  sortItems,
  validationError,
} from "./errors.ts";

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

const storage = (sqlstate?: string) =>
  new BacktestError("storage_unavailable", "no", sqlstate === undefined ? {} : { details: { sqlstate } });

Deno.test("a failed storage call is sent again unless its statement was refused, and is an outage where nobody was served", () => {
  const kinds: readonly (readonly [sqlstate: string | undefined, isTransient: boolean, isOutage: boolean])[] =
    [
      [undefined, true, true], // no answer at all
      ["08006", true, true], // connection failure
      ["53100", true, true], // disk full
      ["53300", true, true], // too many connections
      ["57P01", true, true], // shutdown
      ["25006", true, true], // read-only for a while
      ["57014", true, false], // our own statement timeout
      ["25P02", true, false], // a transaction that failed before
      ["40001", true, false], // serialization failure
      ["40P01", true, false], // deadlock
      ["22003", false, false], // a number out of range
      ["23505", false, false], // a duplicate
      ["42P01", false, false], // no such table
    ];
  for (const [sqlstate, transient, outage] of kinds) {
    assert.deepEqual(
      [isTransient(storage(sqlstate)), isOutage(storage(sqlstate))],
      [transient, outage],
      sqlstate,
    );
  }
});

Deno.test("what is no storage error is neither sent again nor an outage", () => {
  const others = [
    new BacktestError("validation_error", "no"),
    new BacktestError("unexpected_error", "no", { details: { sqlstate: "08006" } }),
    Object.assign(new Error("no"), { code: "storage_unavailable", details: {} }),
    "storage_unavailable",
    null,
    undefined,
  ];
  for (const other of others) {
    assert.deepEqual([isTransient(other), isOutage(other)], [false, false], String(other));
  }
});

Deno.test("13 an error shows the two ends of a path or a message that somebody made very long", () => {
  const long = `body.${"\u{1F600}".repeat(400_000)}.end`;
  const error = validationError(long, [item(long, "c", long)]);
  const { path, message } = findingsOf(error).items[0]!;
  assert.match(path, /^body\.\u{1F600}+\.\.\.\u{1F600}+\.end$/u);
  assert.ok(path.length <= 300 && message.length <= 4000 && error.message.length <= 4000);
  assert.equal(message, error.message);
  assert.equal(new BacktestError("conflict", "x".repeat(4000)).message.length, 4000);
});
