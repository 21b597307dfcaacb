import { sha256Hex } from "../../core/text/mod.ts";

/** One file of the folder `migrations`. */
export interface Migration {
  /** `<number>_<what>.sql`; the number has four digits. */
  readonly name: string;
  readonly text: string;
  /** Hex SHA-256 of the text. */
  readonly checksum: string;
  /**
   * The oldest schema version whose programs go on working once this migration is applied; null when only programs
   * that know the migration do. A program's own schema version is the number of its last migration.
   */
  readonly compatibleWith: number | null;
}

const shipped = new URL("./migrations/", import.meta.url);

/** The migrations of a folder, by default those of this program, in the order of their numbers. */
export async function readMigrations(folder: URL = shipped): Promise<readonly Migration[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) if (/^\d{4}_\w+\.sql$/.test(name)) names.push(name);
  return await Promise.all(
    names.sort().map(async (name) => {
      const text = await Deno.readTextFile(new URL(name, folder));
      return { name, text, checksum: sha256Hex(text), compatibleWith: compatibleWith(name, text) };
    }),
  );
}

/** The number a migration's name begins with: the schema version it makes. */
export function schemaVersion(name: string): number {
  return Number(name.slice(0, 4));
}

/**
 * What the line `-- compatible_with: N` of a migration says; null for `none` or without the line. Throws when N is no
 * version before the migration's own, as then the line would promise nothing.
 */
export function compatibleWith(name: string, text: string): number | null {
  const said = /^-- compatible_with:(.*)$/m.exec(text)?.[1]?.trim() ?? "none";
  if (said === "none") return null;
  const version = /^\d+$/.test(said) ? Number(said) : 0;
  if (version > 0 && version < schemaVersion(name)) return version;
  throw new Error(
    `Cannot read migration ${name}: compatible_with must be none or a version before its own, got "${said}"`,
  );
}
