import assert from "node:assert/strict";
import { compatibleWith, readMigrations, schemaVersion } from "./migration_files.ts";
import { workerSchemaMin } from "./require_schema.ts";

Deno.test("compatibleWith() reads the header, and refuses one that promises nothing", () => {
  const read = (header: string) =>
    compatibleWith("0009_trace.sql", `-- What it is for.\n${header}\nSELECT 1;\n`);
  assert.equal(read("-- compatible_with: 8"), 8);
  assert.equal(read("-- compatible_with: none"), null);
  assert.equal(read("-- nothing about it"), null);
  for (const bad of ["9", "10", "0", "-1", "7.5", "eight", ""]) {
    assert.throws(() => read(`-- compatible_with: ${bad}`), {
      message:
        `Cannot read migration 0009_trace.sql: compatible_with must be none or a version before its own, ` +
        `got "${bad}"`,
    });
  }
});

Deno.test("the migrations are numbered without gaps, and say from the ninth on which programs they break", async () => {
  const migrations = await readMigrations();
  assert.deepEqual(migrations.map(({ name }) => schemaVersion(name)), migrations.map((_, i) => i + 1));
  for (const { name, text } of migrations.slice(8)) assert.match(text, /^-- compatible_with: \w+$/m, name);
});

Deno.test("the worker works on at least the schema before the newest", async () => {
  const newest = Math.max(...(await readMigrations()).map(({ name }) => schemaVersion(name)));
  assert.ok(workerSchemaMin >= 1 && workerSchemaMin <= Math.max(8, newest - 1));
});
