import { glob } from "node:fs/promises";
import { basename, join } from "node:path";

/** Files that lie beside candles and are none. */
const besides = /^(\.|README|LICENSE|CHANGELOG)|\.(CHECKSUM|md5|sha256|sha1|md|log|lock|tmp)$/i;

/** Folders in each other are looked into so deep. */
const depthMax = 4;

/** More files are not meant to be one series. */
const filesMax = 20_000;

/**
 * The files that paths mean: a file itself, all files of a folder and the folders in it, all that a pattern with `*`, `?`
 * or `[` fits; each once, in the order of their names. Rejects with the errors of the file system.
 */
export async function candlePaths(paths: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    for (const file of await filesOf(path)) found.add(file);
  }
  return [...found];
}

async function filesOf(path: string): Promise<readonly string[]> {
  try {
    const { isDirectory } = await Deno.stat(path);
    if (!isDirectory) return [path];
    const files: string[] = [];
    await collect(files, { folder: path, depth: 0 });
    return files.sort();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) || !/[*?[]/.test(path)) throw error;
  }
  const files: string[] = [];
  for await (const match of glob(path)) {
    if (besides.test(basename(match))) continue;
    const { isFile } = await Deno.stat(match);
    if (isFile) files.push(match);
  }
  if (files.length === 0) throw new Deno.errors.NotFound(`no file fits ${path}`);
  return files.sort();
}

async function collect(
  files: string[],
  { folder, depth }: { readonly folder: string; readonly depth: number },
): Promise<void> {
  for await (const { name, isFile, isDirectory, isSymlink } of Deno.readDir(folder)) {
    if (besides.test(name)) continue;
    const path = join(folder, name);
    if (isDirectory && depth < depthMax) await collect(files, { folder: path, depth: depth + 1 });
    if (isFile || (isSymlink && (await Deno.stat(path)).isFile)) files.push(path);
    if (files.length > filesMax) throw new Error(`it is a folder of more than ${filesMax} files`);
  }
}
