import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Paths of all files below a folder, as seen from it, in order. */
export async function filesBelow(folder: URL | string): Promise<readonly string[]> {
  const top = folder instanceof URL ? fileURLToPath(folder) : folder;
  const entries = await readdir(top, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(top, join(parentPath, name)).replaceAll("\\", "/"))
    .sort();
}
