import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

/** Runs a program in the project's folder and returns what it printed. Rejects with its stderr when it fails. */
export async function run(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd: root })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.ok(success, text(stderr));
  return text(stdout);
}

/** Makes one JavaScript file for browsers of a module, named from the project's folder, and all it imports. */
export async function bundle(entry: string, output: string): Promise<void> {
  await run(Deno.execPath(), [
    "bundle",
    "--node-modules-dir=manual",
    "--quiet",
    "--platform",
    "browser",
    "--output",
    output,
    entry,
  ]);
}
