import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeTaskResult, encodeTaskResult, type ScoredColumns } from "./task_result.ts";

const column = (length: number) =>
  fc.array(fc.double({ noNaN: true }), { minLength: length, maxLength: length }).map((values) =>
    Float64Array.from(values)
  );
const results = fc.tuple(fc.nat(12), fc.boolean(), fc.boolean()).chain(([count, secondary, own]) =>
  fc.tuple(column(count), column(count), column(count), column(count)).map((
    [indexes, scores, second, returns],
  ): ScoredColumns => ({
    indexes,
    scores,
    secondary: secondary ? second : null,
    returns: own ? returns : scores,
  }))
);

const bits = (values: Float64Array | null) =>
  values === null ? null : [...new BigUint64Array(values.slice().buffer)];

Deno.test("a task's result comes back bit by bit, wherever in a buffer its bytes lie", () => {
  fc.assert(fc.property(results, fc.nat(9), (result, offset) => {
    const bytes = encodeTaskResult(result);
    const moved = new Uint8Array(bytes.length + offset);
    moved.set(bytes, offset);
    const read = decodeTaskResult(moved.subarray(offset));
    for (const name of ["indexes", "scores", "secondary", "returns"] as const) {
      assert.deepEqual(bits(read[name]), bits(result[name]), name);
    }
    assert.equal(read.returns === read.scores, result.returns === result.scores);
  }));
});

Deno.test("the bytes of a task's result are these, on every machine", () => {
  const scores = Float64Array.of(-1.5);
  const hex = (result: ScoredColumns) =>
    [...encodeTaskResult(result)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const alone = { indexes: Float64Array.of(7), scores, secondary: null, returns: scores };
  assert.equal(hex(alone), "01000000000000000000001c40000000000000f8bf");
  const all = { ...alone, secondary: Float64Array.of(2), returns: Float64Array.of(-0) };
  assert.equal(
    hex(all),
    "01000000030000000000001c40000000000000f8bf00000000000000400000000000000080",
  );
});

Deno.test("bytes that are no result are refused with what is wrong with them", () => {
  const scores = Float64Array.of(1, 2);
  const bytes = encodeTaskResult({
    indexes: Float64Array.of(1, 2),
    scores,
    secondary: null,
    returns: scores,
  });
  assert.throws(() => decodeTaskResult(bytes.subarray(0, 4)), /it has no head/);
  assert.throws(() => decodeTaskResult(bytes.subarray(0, -8)), /2 rows of 2 columns have 37/);
  const flagged = bytes.slice();
  flagged[4] = 8;
  assert.throws(() => decodeTaskResult(flagged), /its flags 8 are not known here/);
});
