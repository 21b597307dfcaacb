import type { Sql } from "../../src/adapters/postgres/connect.ts";
import type { ProgramResult } from "./program.ts";

/** A fenced block of the runbook. */
export interface RunbookBlock {
  readonly language: string;
  /** Its first comment, which no other block has. */
  readonly name: string;
  readonly script: string;
  /** What its comments promise: texts of its output (`shows`), or of the log of a process that goes on (`logs`). */
  readonly shows: readonly string[];
  readonly logs: readonly string[];
}

const root = new URL("../../", import.meta.url);

/** The text of the runbook. */
export const runbookText: string = Deno.readTextFileSync(
  new URL("docs/runbooks/backtest-job-runner.md", root),
);

/** Its blocks by name, in order. Throws when two have one name, or one has none. */
export function runbookBlocks(): ReadonlyMap<string, RunbookBlock> {
  const blocks = new Map<string, RunbookBlock>();
  for (const [, language, script] of runbookText.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    const [, name] = /^(?:--|#) (.+)$/m.exec(script!) ?? [];
    if (!name || blocks.has(name)) {
      throw new Error(`A block of the runbook needs a name of its own: ${script}`);
    }
    const comments = (kind: string) =>
      [...script!.matchAll(new RegExp(`^(?:--|#) ${kind} (.+)$`, "gm"))].map(([, text]) => text!);
    blocks.set(name, {
      language: language!,
      name,
      script: script!,
      shows: comments("shows"),
      logs: comments("logs"),
    });
  }
  return blocks;
}

/** Messages of the table under "Common failures". */
export function runbookFailures(): readonly string[] {
  const [, section] = runbookText.split(/^## Common failures$/m);
  return [...(section ?? "").matchAll(/^\| `(.+?)` +\|/gm)].map(([, message]) => message!);
}

/** Runs the statements of a block, psql's variables filled in, and returns the rows of the last one that has any. */
export async function runStatements(
  sql: Sql,
  options: { readonly block: RunbookBlock; readonly variables?: Readonly<Record<string, string | number>> },
): Promise<readonly Record<string, unknown>[]> {
  const { block, variables = {} } = options;
  const text = block.script.replaceAll(/:'(\w+)'/g, (_, name) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`Cannot run "${block.name}": no value for :'${name}'`);
    return `'${value}'`;
  });
  const result = await sql.unsafe(text).simple();
  const sets: readonly (readonly Record<string, unknown>[])[] = Array.isArray(result[0])
    ? result as never
    : [result];
  return sets.findLast((rows) => rows.length > 0)?.map((row) => ({ ...row })) ?? [];
}

/**
 * Writes a program `deno` into a folder that runs a task as `deno task` does, with the task's own permissions but without
 * building first, and returns a PATH that has it.
 */
export async function denoOnPath(folder: string): Promise<string> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const cases = Object.entries<{ readonly command: string }>(tasks)
    .filter(([, { command }]) => command.startsWith("deno run ") && command.includes(" src/main.ts"))
    .map(([name, { command }]) =>
      `${name}) exec '${Deno.execPath()}' ${command.slice("deno ".length)} "$@" ;;`
    );
  const script = `#!/usr/bin/env bash\ntask=$2; shift 2\ncase "$task" in\n${
    cases.join("\n")
  }\n*) exit 2 ;;\nesac\n`;
  await Deno.writeTextFile(`${folder}/deno`, script, { mode: 0o755 });
  return `${folder}:${Deno.env.get("PATH")}`;
}

/** Where and as what shell blocks are run. */
export interface RunbookShell {
  readonly env: Readonly<Record<string, string>>;
  /** Ports of the text by those to use in their place. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Runs a shell block to its end. */
export async function runShell(block: RunbookBlock, shell: RunbookShell): Promise<ProgramResult> {
  const { code, stdout, stderr } = await command(block, shell).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Starts a shell block that goes on, and resolves when its log shows what the block promises. */
export async function startShell(
  block: RunbookBlock,
  shell: RunbookShell,
): Promise<{ readonly stop: () => Promise<number> }> {
  const process = command({ ...block, script: block.script.replace(/^deno /m, "exec deno ") }, shell).spawn();
  const discarded = process.stdout.cancel();
  const seen = Promise.withResolvers<void>();
  const reading = (async () => {
    let log = "";
    for await (const chunk of process.stderr.pipeThrough(new TextDecoderStream())) {
      log += chunk;
      if (block.logs.every((text) => log.includes(text))) seen.resolve();
    }
    seen.reject(new Error(`"${block.name}" ended without its promised line; it wrote: ${log}`));
  })();
  await seen.promise;
  return {
    async stop() {
      process.kill("SIGTERM");
      const [{ code }] = await Promise.all([process.status, reading, discarded]);
      return code;
    },
  };
}

function command(block: RunbookBlock, { env, ports }: RunbookShell): Deno.Command {
  let script = block.script;
  for (const [written, used] of Object.entries(ports)) script = script.replaceAll(written, String(used));
  return new Deno.Command("bash", {
    args: ["-euo", "pipefail", "-c", script],
    cwd: root,
    clearEnv: true,
    env: { ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}
