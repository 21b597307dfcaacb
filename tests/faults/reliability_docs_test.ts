import assert from "node:assert/strict";
import { allFaults } from "../../scripts/faults/all_faults.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, root));
const page = await read("docs/reliability.md");
const { tasks } = JSON.parse(await read("deno.json"));

/** A section of the page, with each item in one line. */
function section(title: string): string {
  const from = page.indexOf(`\n## ${title}\n`);
  assert.ok(from >= 0, title);
  const end = page.indexOf("\n## ", from + 4);
  return page.slice(from, end < 0 ? undefined : end).replaceAll(/\n +(?! |- )/g, " ");
}

/** What the page names as evidence: a file and a test in it, or a task. */
function evidence(): readonly (readonly [where: string, what: string])[] {
  return [...section("What failed once").matchAll(/^ +- `([^`]+)`: (.+)$/gm)]
    .map(([, where, what]) => [where!, what!.trim()]);
}

Deno.test("13 docs/reliability.md names tests and tasks that are there, some for everything that failed once", async () => {
  const named = evidence();
  assert.ok(named.length > 50, `${named.length}`);
  for (const [where, what] of named) {
    const task = /^deno task (\S+)$/.exec(where)?.[1];
    if (task) assert.ok(tasks[task], where);
    else {
      const names = (await read(where)).replaceAll(/\s+/g, " ");
      assert.ok(
        [`"${what}"`, `\`${what}\``].some((name) => names.includes(name)),
        `${where} has no "${what}"`,
      );
    }
  }
  const text = section("What failed once");
  for (const [title, items] of [["API", 6], ["Worker and queue", 8], ["Operations", 4]] as const) {
    const part = text.slice(text.indexOf(`\n### ${title}\n`)).split("\n### ")[1]!;
    const numbered = part.split(/^(?=\d+\. )/m).slice(1);
    assert.equal(numbered.length, items, title);
    for (const item of numbered) assert.match(item, /^ +- `/m, item);
  }
});

Deno.test("13 docs/reliability.md says of every fault how it was taken, and every one that was tried was survived", () => {
  const rows = section("Faults").split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()));
  const [titles, , ...tried] = rows;
  assert.equal(titles![0], "fault");
  assert.deepEqual(tried.map(([name]) => name), ["none", ...allFaults.map(({ name }) => name)]);
  for (const cells of tried) assert.equal(cells.at(-1), "yes", cells[0]);
});

Deno.test("the rows that docs/reliability.md points at are faults", () => {
  const names = allFaults.map(({ name }) => name);
  const pointed = evidence().filter(([where]) => where === "deno task faults")
    .flatMap(([, what]) => [...what.matchAll(/"([^"]+)"/g)].map(([, name]) => name!));
  assert.ok(pointed.length > 5);
  for (const name of pointed) {
    if (name === "starts") continue;
    assert.ok(names.some((fault) => fault.startsWith(name)), name);
  }
});
