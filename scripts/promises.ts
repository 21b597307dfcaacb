/**
 * Writes `docs/promises.md`: what the product promises, by the codes that stand at the head of test names. `--check`
 * writes nothing and exits 1 with one line when the page is stale.
 *
 * Usage: `deno run --allow-read --allow-write=docs/promises.md scripts/promises.ts [--check]`
 */

import { filesBelow } from "./files_below.ts";
import { writeOrCheck } from "./generated_file.ts";

const root = new URL("../", import.meta.url);
const rooms = ["src/", "tests/", "scripts/", "deploy/"];

/** A test that shows a promise. */
export interface Promised {
  readonly code: string;
  /** Its name without codes. */
  readonly sentence: string;
  /** Relative to the project. */
  readonly path: string;
}

/** The coded tests of a file, in its order; a name with several codes counts for each of them. */
export function promisesOf(path: string, source: string): readonly Promised[] {
  return [...source.matchAll(/(["'`])((?:S\d{3}-\d{2} )+)(.*?[^\\])\1/g)].flatMap(([, , codes, name]) => {
    const sentence = name!.replace(/\$\{[^}]*\}/g, "…").replace(/\\(.)/g, "$1");
    return codes!.trim().split(" ").map((code) => ({ code, sentence, path }));
  });
}

/** The text of the page. */
export function promisesPage(promises: readonly Promised[]): string {
  const byCode = Map.groupBy(promises, ({ code }) => code);
  const lines = [...byCode].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([code, shown]) => [
    `## ${code}`,
    "",
    ...shown.toSorted((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0)
      .map(({ sentence, path }) => `- ${escaped(sentence)} ([${path}](../${path}))`),
    "",
  ]);
  return [
    "<!-- deno-fmt-ignore-file -->",
    "",
    "# Promises",
    "",
    "<!-- Written by scripts/promises.ts; edit the tests, then run it again. -->",
    "",
    "What the product promises, by the codes at the head of test names: each with the sentences of the tests that show it.",
    "",
    ...lines,
  ].join("\n");
}

function escaped(text: string): string {
  return text.replace(/[<>*_|[\]]/g, (sign) => `\\${sign}`);
}

/** The page of the project as its tests are now. */
export async function buildPromises(): Promise<string> {
  const below = async (room: string) => (await filesBelow(new URL(room, root))).map((path) => room + path);
  const paths = (await Promise.all(rooms.map(below))).flat().sort();
  const found = await Promise.all(
    paths.filter((path) => path.endsWith(".ts") && path !== "scripts/promises_test.ts").map(async (path) =>
      promisesOf(path, await Deno.readTextFile(new URL(path, root)))
    ),
  );
  return promisesPage(found.flat());
}

if (import.meta.main) {
  const file = { path: "docs/promises.md", text: await buildPromises(), script: "scripts/promises.ts" };
  Deno.exit(await writeOrCheck(file, Deno.args));
}
