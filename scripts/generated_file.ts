/** A committed file that a script writes. */
export interface GeneratedFile {
  /** Path below the project's root. */
  readonly path: string;
  /** The text it should have. */
  readonly text: string;
  /** The script that writes it, as the message about a stale file names it. */
  readonly script: string;
}

const root = new URL("../", import.meta.url);

/** Writes the file, or with `--check` in `args` only compares. Returns the exit code: 1 with one line when it is stale. */
export async function writeOrCheck(
  { path, text, script }: GeneratedFile,
  args: readonly string[],
): Promise<number> {
  const file = new URL(path, root);
  if (args[0] !== "--check") {
    await Deno.writeTextFile(file, text);
    return 0;
  }
  const found = await Deno.readTextFile(file).catch(() => null);
  if (found === text) return 0;
  console.error(`${path} is ${found === null ? "missing" : "stale"}: run ${script}`);
  return 1;
}
