import { hasPrograms } from "./optional_program.ts";
import { startProgram } from "./program.ts";
import { type TemporaryFolder, temporaryFolder } from "./temporary_folder.ts";

/** An earlier state of this project, built, in a folder of its own. */
export interface OldProgram extends AsyncDisposable {
  readonly path: string;
  /** The config it came with, changed. */
  config(change: (text: string) => string): Promise<string>;
  /** Starts a command of it. */
  start(args: readonly string[], env: Readonly<Record<string, string>>): ReturnType<typeof startProgram>;
}

const root = new URL("../../", import.meta.url);
// the packages come from the cache, so that its list of them does not touch ours
const flags = ["--node-modules-dir=none", "--no-lock", "--allow-all"];

/** Whether the history of this checkout reaches back to a commit; a shallow clone's or an archive's does not. */
export async function hasCommit(commit: string): Promise<boolean> {
  if (!await hasPrograms("git", "tar")) return false;
  return (await git(["cat-file", "-e", `${commit}^{commit}`]).output()).success;
}

/** Takes the project as of a commit out of the history, without touching the checkout, and builds its wasm. */
export async function oldProgram(commit: string): Promise<OldProgram> {
  const folder: TemporaryFolder = await temporaryFolder();
  const { success, stdout } = await git(["archive", "--format=tar", commit]).output();
  if (!success) throw new Error(`Cannot read commit ${commit}`);
  await Deno.writeFile(`${folder.path}/old.tar`, stdout);
  await run("tar", ["-xf", "old.tar"], folder.path);
  await run(Deno.execPath(), ["run", "--no-check", ...flags, "scripts/build.ts"], folder.path);
  return {
    path: folder.path,
    async config(change) {
      const file = `${folder.path}/configs/dev/backtest.yaml`;
      await Deno.writeTextFile(file, change(await Deno.readTextFile(file)));
      return file;
    },
    start: (args, env) =>
      startProgram(args, { env, permissions: flags, script: `${folder.path}/src/main.ts`, cwd: folder.path }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function git(args: readonly string[]): Deno.Command {
  return new Deno.Command("git", {
    args: [...args],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  });
}

async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args], cwd, stdin: "null" })
    .output();
  if (!success) throw new Error(`Cannot run ${program}: ${new TextDecoder().decode(stderr)}`);
}
