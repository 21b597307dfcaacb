import assert from "node:assert/strict";
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
