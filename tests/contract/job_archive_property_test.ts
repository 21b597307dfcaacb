import assert from "node:assert/strict";
import fc from "fast-check";
import { manualClock } from "../memory/clock.ts";
import { memoryJobs } from "../memory/jobs.ts";
import { postgresJobArchive } from "../../src/adapters/postgres/job_archive.ts";
import { packArchive, unpackArchive } from "../../src/cli/jobs/archive_file.ts";
import { archiveText } from "../../src/core/job/mod.ts";
import type { JobArchive } from "../../src/ports/job_archive.ts";
import { parseArchive } from "../../src/answers/archived_job.ts";
import { anyArchive } from "../helpers/any_archive.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";

const server = embeddedPostgres();

/** File -> store -> file. */
async function throughStore(bytes: Uint8Array, archive: JobArchive): Promise<Uint8Array> {
  const restored = parseArchive(unpackArchive(bytes, "job.gz"), "job.gz");
  assert.equal(await archive.restore(restored), "restored");
  assert.equal(await archive.restore(restored), "present");
  return packArchive(archiveText((await archive.read(restored.job.jobId))!));
}

Deno.test("export, import into an empty store and export again give the same bytes, in memory", async () => {
  await fc.assert(
    fc.asyncProperty(anyArchive, async (archived) => {
      const bytes = packArchive(archiveText(archived));
      assert.deepEqual(await throughStore(bytes, memoryJobs(manualClock(0)).archive), bytes);
    }),
    { numRuns: 200 },
  );
});

Deno.test("export, import into an empty database and export again give the same bytes", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const archive = postgresJobArchive(sql);
    await fc.assert(
      fc.asyncProperty(anyArchive, async (archived) => {
        await sql`TRUNCATE backtest_jobs CASCADE`;
        const bytes = packArchive(archiveText(archived));
        assert.deepEqual(await throughStore(bytes, archive), bytes);
      }),
      { numRuns: 60 },
    );
  });
});

Deno.test("a file with one changed or missing byte is refused in one line, or holds the same job", () => {
  fc.assert(
    fc.property(
      anyArchive,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      (archived, at, flip, cut) => {
        const text = archiveText(archived);
        const bytes = packArchive(text).slice();
        const place = at % bytes.length;
        bytes[place]! ^= flip;
        const damaged = cut ? bytes.slice(0, place) : bytes;
        let read: string;
        try {
          read = archiveText(parseArchive(unpackArchive(damaged, "job.gz"), "job.gz"));
        } catch (error) {
          assert.match((error as Error).message, /^Cannot import "job\.gz": [^\n]+$/);
          return;
        }
        // the time, system and level in the head of a gzip file mean nothing, nor does the flag that says that it holds text,
        // nor do the bits that fill up the last byte before its check and its length
        assert.equal(read, text);
        const fillsUp = place === bytes.length - 9;
        const meansNothing = place >= 4 && place <= 9 || place === 3 && flip === 1 || fillsUp;
        assert.ok(!cut && meansNothing, `byte ${place} of ${bytes.length}`);
      },
    ),
    { numRuns: 400 },
  );
});
