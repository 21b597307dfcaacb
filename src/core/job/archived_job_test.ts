import assert from "node:assert/strict";
import fc from "fast-check";
import { anyArchive } from "../../../tests/helpers/any_archive.ts";
import { sha256Hex } from "../text/mod.ts";
import { type ArchivedJob, archiveTaken, archiveText, requireArchived, sameArchive } from "./archived_job.ts";

interface Written {
  readonly format: string;
  readonly version: number;
  readonly sha256: string;
  readonly content: {
    readonly job: Record<string, unknown>;
    readonly topVariants: readonly Record<string, unknown>[];
  };
}

const stranger = "00000000-0000-4000-8000-00000000000f";

Deno.test("archiveText() is one line with the hash of its content, and leaves out what older releases did not have", () => {
  fc.assert(fc.property(anyArchive, (archived) => {
    const text = archiveText(archived);
    assert.ok(text.endsWith("}\n") && !text.slice(0, -1).includes("\n"));
    const { format, version, sha256, content } = JSON.parse(text) as Written;
    assert.deepEqual([format, version], ["backtest-job", 1]);
    assert.equal(sha256, sha256Hex(text.slice(text.indexOf('"content":') + 10, -2)));
    assert.equal("runData" in content.job, archived.job.runData !== null);
    archived.topVariants.forEach(({ metrics, sameAs }, i) => {
      const row = content.topVariants[i]!;
      assert.equal("metrics" in row, metrics !== null);
      assert.equal("sameAs" in row, sameAs !== null);
    });
  }));
});

Deno.test("sameArchive() tells any two that differ in a member, and none that do not", () => {
  fc.assert(fc.property(anyArchive, (archived) => {
    assert.equal(sameArchive(archived, structuredClone(archived)), true);
    const other: ArchivedJob = { ...archived, job: { ...archived.job, attempt: archived.job.attempt + 1 } };
    assert.equal(sameArchive(archived, other), false);
  }));
});

Deno.test("requireArchived() takes what ended, and refuses what did not, and rows of another job, by name", () => {
  fc.assert(fc.property(anyArchive, (archived) => {
    requireArchived(archived);
    const { job, topVariants, shortlist, planes } = archived;
    for (const state of ["queued", "running"] as const) {
      assert.throws(() => requireArchived({ ...archived, job: { ...job, state } }), {
        name: "TypeError",
        message:
          `Cannot store job "${job.jobId}": it is ${state}, and only a job that has ended can be archived`,
      });
    }
    const strange: readonly Partial<ArchivedJob>[] = [
      ...topVariants.map((_, at) => ({
        topVariants: topVariants.map((row, i) => i === at ? { ...row, jobId: stranger } : row),
      })),
      ...(shortlist ? [{ shortlist: { ...shortlist, jobId: stranger } }] : []),
      ...(planes ? [{ planes: { ...planes, jobId: stranger } }] : []),
    ];
    for (const part of strange) {
      assert.throws(() => requireArchived({ ...archived, ...part }), {
        name: "TypeError",
        message: `Cannot store job "${job.jobId}": a row belongs to job "${stranger}"`,
      });
    }
  }));
});

Deno.test("archiveTaken() says whether the job or only its key is taken", () => {
  const [archived] = fc.sample(anyArchive, { numRuns: 1, seed: 1 }) as [ArchivedJob];
  const keyed = { ...archived, idempotency: { key: "k", hash: "h" } as never };
  assert.match(
    archiveTaken(keyed, null).message,
    /: its owner used the idempotency key "k" for another job$/,
  );
  const present = { ...archived, job: { ...archived.job, state: "failed" as const } };
  assert.match(
    archiveTaken(archived, present).message,
    /is stored already, and it is another one \(failed\)$/,
  );
  assert.deepEqual(archiveTaken(archived, present).details, { job_id: archived.job.jobId });
});
