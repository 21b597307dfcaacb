import assert from "node:assert/strict";
import * as layout from "../assembly/layout.ts";
import { temporaryFolder } from "../tests/helpers/temporary_folder.ts";
import { drawings } from "./drawings.ts";
import { sessionRegions } from "./drawings/memory_map.ts";
import { planeExample, planeExits } from "./drawings/risk_plane.ts";

const root = new URL("../", import.meta.url);
const doc = await Deno.readTextFile(new URL("docs/kernels.md", root));

for (const [path, draw] of Object.entries(drawings)) {
  Deno.test(`${path} shows what the module does`, async () => {
    assert.equal(await Deno.readTextFile(new URL(path, root)), draw(), "run scripts/drawings.ts");
    assert.ok(doc.includes(`(${path.replace("docs/", "")})`));
  });
}

Deno.test("the regions of a session follow each other without gap or overlap", () => {
  const regions = sessionRegions();
  let end = 0;
  for (const { name, at, bytes } of regions) {
    assert.equal(at, end, name);
    assert.ok(bytes >= 0, name);
    end = at + bytes;
  }
});

Deno.test("docs/kernels.md has the exit bars of the drawn plane", () => {
  const rows = [...doc.matchAll(/^\| stop (\d+) % \|(.+)\|$/gm)];
  assert.deepEqual(rows.map(([, stop]) => Number(stop)), planeExample.stops);
  assert.deepEqual(rows.map(([, , cells]) => cells!.split("|").map(Number)), planeExits());
});

Deno.test("docs/kernels.md has the sizes of layout.ts", () => {
  const constants = layout as unknown as Readonly<Record<string, number>>;
  const rows = [...doc.matchAll(/^\| \w+ +\| `(\w+)` +\| (\d+) +\|$/gm)];
  assert.equal(rows.length, 5);
  for (const [, name, bytes] of rows) assert.equal(Number(bytes), constants[name!], name);
  assert.ok(doc.includes(`Up to ${layout.VARIANTS_MAX} variants\n(\`VARIANTS_MAX\`)`));
  assert.ok(doc.includes(`byte ${layout.ARENA_BASE} (\`ARENA_BASE\`)`));
  assert.ok(doc.includes(`${layout.COLUMN_SLACK} bars behind their end (\`COLUMN_SLACK\`)`));
});

Deno.test("docs/kernels.md's snippets run", async () => {
  const snippets = [...doc.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  assert.equal(snippets.length, 2);
  await using folder = await temporaryFolder();
  for (const [i, code] of snippets.entries()) {
    const file = await folder.write(`snippet${i}.ts`, code.replaceAll(/from "\.\.\//g, `from "${root.href}`));
    await import(`file://${file}`);
  }
});

Deno.test("docs/kernels.md names files and tasks that exist", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  for (const [, task] of doc.matchAll(/deno task (\w+)/g)) assert.ok(task! in tasks, task);
  const paths = [...doc.matchAll(/`(tests\/[\w/.]+)`/g)].map(([, path]) => path!);
  assert.ok(paths.length >= 5);
  for (const path of paths) await Deno.stat(new URL(path, root));
});
