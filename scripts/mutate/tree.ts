import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { linesOfLcov, type Profile } from "./profiles.ts";

/** How the tests of one file ended. */
export interface TestEnd {
  readonly outcome: "passed" | "failed" | "timed out";
  readonly seconds: number;
  /** The first test that failed; null when none did, or the file failed as a whole. */
  readonly test: string | null;
}

/** A copy of the project in which files are changed and tests run. */
export interface Tree {
  write(path: string, text: string): Promise<void>;
  /** Runs the tests of one file until the first that fails, for `limitSeconds` at most. */
  test(path: string, limitSeconds: number): Promise<TestEnd>;
  /** The same, and tells which lines were run, in threads and programs that the tests start, too. */
  profile(path: string, limitSeconds: number): Promise<TestProfile>;
}

/** How the tests of one file ended, and what they ran. */
export type TestProfile = TestEnd & Pick<Profile, "lines">;

/** The project's files by path, those not committed yet among them, and its module; read at once, before anything changes. */
export async function projectFiles(root: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z"];
  const { success, stdout, stderr } = await new Deno.Command("git", { args, cwd: root }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`Cannot list the project's files: ${text.decode(stderr).trim()}`);
  const listed = text.decode(stdout).split("\0").filter((path) => path !== "");
  const files = new Map<string, Uint8Array>();
  for (const path of [...listed, "build/backtest.wasm"]) {
    try {
      files.set(path, Deno.readFileSync(join(root, path)));
    } catch (error) {
      // one that was deleted and is not committed yet is listed, too
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return files;
}

/**
 * Copies the project's packages into a folder, for the trees beside them. They are copied, not linked: a mutant of what
 * starts the embedded database must not change those of the checkout.
 */
export async function copyPackages(folder: string, root: string): Promise<void> {
  const options = { recursive: true, verbatimSymlinks: true };
  await cp(join(root, "node_modules"), join(folder, "node_modules"), options);
}

/** Writes the project's files into a folder of its own below one that has the packages. */
export async function makeTree(
  parent: string,
  { name, files }: { readonly name: string; readonly files: ReadonlyMap<string, Uint8Array> },
): Promise<Tree> {
  const folder = join(parent, name);
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await symlink("../node_modules", join(folder, "node_modules"));
  const flags = testFlags(new TextDecoder().decode(files.get("deno.json")));
  const run = (path: string, options: Pick<RunOptions, "limitSeconds" | "coverage">) =>
    runTests([...flags, "--fail-fast", "--v8-flags=--max-old-space-size=1500", path], { folder, ...options });
  return {
    write: (path, text) => writeFile(join(folder, path), text),
    test: (path, limitSeconds) => run(path, { limitSeconds }),
    async profile(path, limitSeconds) {
      const coverage = join(folder, "build/coverage");
      await rm(coverage, { recursive: true, force: true });
      const end = await run(path, { limitSeconds, coverage });
      return { ...end, lines: end.outcome === "passed" ? await linesOf(coverage, folder) : {} };
    },
  };
}

interface RunOptions {
  readonly folder: string;
  readonly limitSeconds: number;
  /** The folder for what is written of the lines that were run. */
  readonly coverage?: string;
}

async function runTests(
  args: readonly string[],
  { folder, limitSeconds, coverage }: RunOptions,
): Promise<TestEnd> {
  const startedMs = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", ...coverage ? ["--coverage-raw-data-only"] : [], ...args],
    cwd: folder,
    env: { NO_COLOR: "1", ...coverage && { DENO_COVERAGE_DIR: coverage } },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, limitSeconds * 1000);
  try {
    const { success, stdout } = await child.output();
    const seconds = (performance.now() - startedMs) / 1000;
    if (late) return { outcome: "timed out", seconds, test: null };
    const test = success ? null : failedTest(new TextDecoder().decode(stdout));
    return { outcome: success ? "passed" : "failed", seconds, test };
  } finally {
    clearTimeout(timer);
  }
}

async function linesOf(coverage: string, folder: string): Promise<TestProfile["lines"]> {
  const args = ["coverage", "--lcov", coverage];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, cwd: folder, stderr: "null" }).output();
  return linesOfLcov(new TextDecoder().decode(stdout), folder);
}

/** The flags of the task that runs all tests, as far as they matter to one file. */
function testFlags(denoJson: string): readonly string[] {
  const { command } = JSON.parse(denoJson).tasks.test as { readonly command: string };
  return command.split(" ")
    .filter((word) =>
      word.startsWith("--") && word !== "--parallel" && !word.startsWith("--node-modules-dir")
    );
}

function failedTest(output: string): string | null {
  return /^(.+) => \.\/\S+:\d+:\d+$/m.exec(output)?.[1] ?? null;
}
