import assert from "node:assert/strict";
import { filesBelow } from "../files_below.ts";
import { adapter, layers, wings } from "./direction.ts";

const page = Deno.readTextFileSync(new URL("../../docs/architecture.md", import.meta.url));

/** The rows of the table whose first column has this heading, as texts of their cells. */
function table(heading: string): readonly (readonly string[])[] {
  const lines = page.slice(page.search(new RegExp(`^\\| ${heading} +\\|`, "m"))).split("\n\n")[0]!.split(
    "\n",
  );
  return lines.slice(2).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** The folders a cell of the last column names. */
function named(cell: string): readonly string[] {
  const names = cell.split(";")[0]!.replace("types of ", "").split(", ");
  return names.filter((name) => name !== "itself")
    .map((name) => name === "config" ? "src/config.ts" : `src/${name}/`);
}

Deno.test("docs/architecture.md: what a folder may import is what house/direction lets it import", () => {
  const said = new Map(table("folder").map(([folder, , imports]) => [folder!.replaceAll("`", ""), imports!]));
  for (const [folder, { files }] of Object.entries(layers)) {
    if (folder === "src/config.ts") continue;
    assert.ok(said.has(folder), `no row of ${folder}`);
    assert.deepEqual(new Set(named(said.get(folder)!)), new Set(files), folder);
  }
  assert.deepEqual(new Set(named(said.get("src/adapters/")!)), new Set(adapter.files));
});

Deno.test("docs/architecture.md has the wings of core in the order that house/direction holds them to", () => {
  assert.deepEqual(table("wing").map(([wing]) => wing!.replaceAll(/[`/]/g, "")), wings);
});

/** The files of a walk by its title: those that know what passes through, and all. */
function walk(title: string): { readonly knowing: readonly string[]; readonly all: readonly string[] } {
  const drawn = page.slice(page.indexOf(`**${title}`)).split("```text")[1]!.split("```")[0]!;
  const files = (text: string) => text.match(/src\/[\w/]+\.ts/g) ?? [];
  return { knowing: files(drawn.replaceAll(/^\(.*\)$/gm, "")), all: files(drawn) };
}

Deno.test("docs/architecture.md draws every file that names the members of a variant, eight at most", async () => {
  const { knowing, all } = walk("A variant, from the grid to an answer and back.");
  assert.ok(knowing.length <= 8, knowing.join());
  const naming: string[] = [];
  for (const name of await filesBelow("src")) {
    const text = name.endsWith("_test.ts") ? "" : await Deno.readTextFile(`src/${name}`);
    if (/\b(indicator_selections|risk_params|execution_params)\b/.test(text)) naming.push(`src/${name}`);
  }
  assert.deepEqual(naming.filter((path) => !knowing.includes(path)), []);
  for (const path of all) assert.ok((await Deno.stat(path)).isFile, path);
});
