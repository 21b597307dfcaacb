/**
 * The first command of the README as a new machine runs it: a fresh clone of what is committed, no packages there. Prints
 * how many packages it installed, how large they are, and how long it took; `--cached` takes them from this account's
 * cache rather than from the registry.
 *
 * Usage: `deno task first-run [--cached]`
 */
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { filesBelow } from "./files_below.ts";

/** What the first command left behind. */
export interface FirstRun {
  /** Packages in `node_modules`. */
  readonly packages: number;
  /** Their size, in bytes. */
  readonly bytes: number;
  readonly seconds: number;
  /** What the command printed on stdout. */
  readonly stdout: string;
}

const root = fileURLToPath(new URL("../", import.meta.url));

if (import.meta.main) {
  const { packages, bytes, seconds } = await firstRun({ cached: process.argv.includes("--cached") });
  console.log(`${packages} packages, ${Math.round(bytes / 1e6)} MB, ${seconds.toFixed(1)} s`);
}

/** Clones, runs `deno task demo` there and removes the clone. Rejects with its stderr when it fails. */
export async function firstRun({ cached }: { readonly cached: boolean }): Promise<FirstRun> {
  const folder = await Deno.makeTempDir({ prefix: "backtest-first-run-" });
  const clone = join(folder, "a clone");
  try {
    await run("git", ["clone", "--quiet", root, clone], {});
    const startedMs = performance.now();
    const stdout = await run(Deno.execPath(), ["task", "demo"], {
      cwd: clone,
      env: { NO_COLOR: "1", ...(cached ? {} : { DENO_DIR: join(folder, "cache") }) },
    });
    const seconds = (performance.now() - startedMs) / 1000;
    return { ...await installed(join(clone, "node_modules", ".deno")), seconds, stdout };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function installed(folder: string): Promise<{ readonly packages: number; readonly bytes: number }> {
  let [packages, bytes] = [0, 0];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.includes("@")) continue;
    packages += 1;
    for (const file of await filesBelow(join(folder, name))) {
      bytes += (await Deno.stat(join(folder, name, file))).size;
    }
  }
  return { packages, bytes };
}

async function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> },
): Promise<string> {
  const ended = await new Deno.Command(program, { args: [...args], ...options, stdin: "null" }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (ended.success) return text(ended.stdout);
  throw new Error(`${program} ${args[0]} failed: ${text(ended.stderr)}`);
}
