import assert from "node:assert/strict";
import { harness, type HarnessOptions, snapshots } from "../../tests/helpers/worker_harness.ts";

// 6 base variants of windows 2 to 7, stops 1 and 2, targets 3 and 4: the trades tell the window, and whether the target is 3
const scored: HarnessOptions = {
  score: (base, risk) => base * 10 + ((risk ?? 0) % 2),
  digest: ({ stageAIndex, riskIndex }) => `${stageAIndex} ${riskIndex! % 2}`,
};

/** Runs the harness's request folded; the rows by base and target, with what was folded into each. */
async function folded(options: HarnessOptions = {}) {
  const worker = harness({ ...scored, ...options });
  const { jobId } = await worker.submit({ fold_equal: true });
  assert.equal(await worker.runNext(), "succeeded");
  return { worker, rows: await worker.results.listTopVariants(jobId, 300) };
}

Deno.test("runJob() keeps one row of those with equal trades, top_k of them, and says what was folded", async () => {
  const { rows } = await folded();
  assert.deepEqual(rows.map(({ totalReturnPct }) => totalReturnPct), [51, 50, 41, 40, 31]);
  for (const { sameAs, payload } of rows) {
    const other = payload.risk_params.sl_pct === 1 ? 2 : 1;
    assert.deepEqual(sameAs, { count: 1, params: { sl_pct: [other, other] } });
  }
  const unfolded = harness(scored);
  const { jobId } = await unfolded.submit();
  await unfolded.runNext();
  const plain = await unfolded.results.listTopVariants(jobId, 300);
  assert.deepEqual(plain.map(({ totalReturnPct }) => totalReturnPct), [51, 51, 50, 50, 41]);
  assert.ok(plain.every(({ sameAs }) => sameAs === null));
  // of each two the one with the smaller key
  assert.equal(rows[0]!.variantKey, plain[0]!.variantKey);
  assert.equal(rows[1]!.variantKey, plain[2]!.variantKey);
});

Deno.test("runJob() folds to the same rows whatever the size of batches, also with preselect all", async () => {
  const rowsOf = async (options: HarnessOptions) =>
    (await folded(options)).rows.map(({ jobId: _, updatedAtMs: __, ...row }) => row);
  const expected = await rowsOf({ batchUnits: 1 });
  for (const batchUnits of [2, 3, 100]) assert.deepEqual(await rowsOf({ batchUnits }), expected);
});

Deno.test("snapshots of a folding job are folded, and say nothing of what was folded before all is seen", async () => {
  const { worker, rows } = await folded({ batchUnits: 1, settings: { snapshotVariantsStep: 1 } });
  const written = snapshots(worker.writes);
  assert.ok(written.length > 2);
  for (const snapshot of written) {
    const trades = snapshot.map(({ totalReturnPct }) => totalReturnPct);
    assert.deepEqual(trades, [...new Set(trades)]);
    assert.ok(snapshot.every(({ sameAs }) => sameAs === null));
  }
  assert.deepEqual(
    written.at(-1)!.map(({ variantKey }) => variantKey),
    rows.map(({ variantKey }) => variantKey),
  );
});

Deno.test("a job that folds has a request hash of its own, one that says it does not has that of before", async () => {
  const worker = harness();
  const [plain, off, on] = [
    await worker.submit(),
    await worker.submit({ fold_equal: false }),
    await worker.submit({ fold_equal: true }),
  ];
  assert.equal(off.requestHash, plain.requestHash);
  assert.ok(!("fold_equal" in off.requestJson));
  assert.notEqual(on.requestHash, plain.requestHash);
  assert.equal(on.requestJson.fold_equal, true);
});
