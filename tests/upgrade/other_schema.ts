import { readMigrations, schemaVersion } from "../../src/adapters/postgres/migration_files.ts";
import { type TemporaryFolder, temporaryFolder } from "../helpers/temporary_folder.ts";

/** The migrations of another version of the program, as a folder. */
export interface OtherVersion extends AsyncDisposable {
  readonly folder: URL;
  readonly names: readonly string[];
}

/** Number of the newest migration of this program. */
export async function newestVersion(): Promise<number> {
  return Math.max(...(await readMigrations()).map(({ name }) => schemaVersion(name)));
}

/** Whether all migrations after a version say that its programs go on working. */
export async function stillWorks(version: number): Promise<boolean> {
  const later = (await readMigrations()).filter(({ name }) => schemaVersion(name) > version);
  return later.every(({ compatibleWith }) => compatibleWith !== null && compatibleWith <= version);
}

/** A version that knows the migrations up to `version` only. */
export async function earlierVersion(version: number): Promise<OtherVersion> {
  const migrations = (await readMigrations()).filter(({ name }) => schemaVersion(name) <= version);
  return await versionOf(new Map(migrations.map(({ name, text }) => [name, text])));
}

/** A version that has more migrations than this one; names by text. */
export async function laterVersion(more: Readonly<Record<string, string>>): Promise<OtherVersion> {
  const migrations = (await readMigrations()).map(({ name, text }) => [name, text] as const);
  return await versionOf(new Map([...migrations, ...Object.entries(more)]));
}

/** What a release may add without breaking the one before: columns nobody must fill, an index, a table. */
export function additive(version: number): string {
  return `-- What the next release needs.
-- compatible_with: ${version}
ALTER TABLE backtest_jobs ADD COLUMN tag text, ADD COLUMN weight integer NOT NULL DEFAULT 1;
ALTER TABLE backtest_job_top_variants ADD COLUMN note text;
CREATE INDEX later_idx ON backtest_jobs (finished_at);
CREATE TABLE later_table (job_id uuid PRIMARY KEY REFERENCES backtest_jobs (job_id) ON DELETE CASCADE);
`;
}

async function versionOf(files: ReadonlyMap<string, string>): Promise<OtherVersion> {
  const folder: TemporaryFolder = await temporaryFolder();
  for (const [name, text] of files) await folder.write(name, text);
  return {
    folder: new URL(`file://${folder.path}/`),
    names: [...files.keys()].sort(),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
