import assert from "node:assert/strict";
import type { JobPruning, PruneBatch, PruneFilter } from "../ports/job_pruning.ts";
import { pruneJobs, surveyPruning } from "./prune_jobs.ts";

Deno.test("pruneJobs() lets each batch of a state begin where the one before came to", async () => {
  const batches: PruneBatch[] = [];
  const left = { succeeded: [30, 20, 0], failed: [10, 0], cancelled: [] as number[] };
  const pruning: JobPruning = {
    survey: () => Promise.reject(new Error("not needed")),
    deleteBatch(batch) {
      batches.push(batch);
      const deleted = left[batch.state].shift()!;
      return Promise.resolve({ deleted, lastEndedMs: deleted === 0 ? null : 1000 + deleted });
    },
  };
  const found = (["succeeded", "failed"] as const).map((state) => ({ state, jobs: 1, oldestMs: 1 }));
  const { signal } = new AbortController();
  const result = await pruneJobs(pruning, { survey: { endedBeforeMs: 2000, found }, stop: signal });
  assert.deepEqual(result, { deleted: 60, stopped: false });
  assert.deepEqual(batches.map(({ state, endedFromMs }) => [state, endedFromMs]), [
    ["succeeded", undefined],
    ["succeeded", 1030],
    ["succeeded", 1020],
    ["failed", undefined],
    ["failed", 1010],
  ]);
});

/** What a survey is asked for. */
async function filterOf(query: Parameters<typeof surveyPruning>[1]) {
  const asked: (PruneFilter & { readonly olderThanMs: number })[] = [];
  const pruning: JobPruning = {
    survey(filter) {
      asked.push(filter);
      return Promise.resolve({ endedBeforeMs: 0, found: [] });
    },
    deleteBatch: () => Promise.reject(new Error("not needed")),
  };
  await surveyPruning(pruning, query);
  return asked[0]!;
}

Deno.test("13 surveyPruning() reads ages up to a hundred years, and names those it cannot use", async () => {
  const day = 86_400_000;
  const ages = [["30m", 1_800_000], ["36h", 1.5 * day], [" 90d ", 90 * day], ["12w", 84 * day]] as const;
  for (const [olderThan, ms] of [...ages, ["36500d", 36_500 * day]] as const) {
    assert.equal((await filterOf({ olderThan })).olderThanMs, ms);
  }
  for (const olderThan of ["36501d", "0d", "90", "d", "1.5d", "-1d", "90d 1h", ""]) {
    await assert.rejects(filterOf({ olderThan }), {
      code: "validation_error",
      message:
        "Cannot prune jobs: older_than must be an age such as 90d, 12w, 36h or 30m, at most 36500 days, " +
        `got "${olderThan}"`,
    });
  }
});

Deno.test("13 surveyPruning() means all ended states and all owners unless told, and none that is not ended", async () => {
  const olderThan = "1d";
  const all = ["succeeded", "failed", "cancelled"];
  assert.deepEqual((await filterOf({ olderThan })).states.toSorted(), all.toSorted());
  assert.deepEqual((await filterOf({ olderThan, states: [] })).states.toSorted(), all.toSorted());
  assert.deepEqual((await filterOf({ olderThan, states: [" Failed "] })).states, ["failed"]);
  assert.equal("userId" in await filterOf({ olderThan }), false);
  const userId = "11111111-1111-4111-8111-11111111111A";
  assert.equal((await filterOf({ olderThan, userId })).userId, userId.toLowerCase());
  for (const state of ["running", "queued", "dead", ""]) {
    await assert.rejects(filterOf({ olderThan, states: ["failed", state] }), {
      message: `Cannot prune jobs: state must be succeeded, failed or cancelled, got "${state}"`,
    });
  }
  await assert.rejects(filterOf({ olderThan, userId: "me" }), { message: /user must be a UUID, got "me"$/ });
});

Deno.test("13 pruneJobs() ends after the batch under way when it is told to stop, and says how far it came", async () => {
  const stop = new AbortController();
  const sums: number[] = [];
  const pruning: JobPruning = {
    survey: () => Promise.reject(new Error("not needed")),
    deleteBatch: () => Promise.resolve({ deleted: 5, lastEndedMs: 1 }),
  };
  const survey = { endedBeforeMs: 2, found: [{ state: "failed" as const, jobs: 99, oldestMs: 0 }] };
  const onProgress = (sum: number) => {
    sums.push(sum);
    if (sum === 10) stop.abort();
  };
  const result = await pruneJobs(pruning, { survey, stop: stop.signal, onProgress });
  assert.deepEqual(result, { deleted: 10, stopped: true });
  assert.deepEqual(sums, [5, 10]);
});
