import assert from "node:assert/strict";
import { buildIndex, describe } from "./docs_index.ts";

Deno.test("S000-52 the committed docs index is fresh", async () => {
  const committed = await Deno.readTextFile(new URL("../docs/README.md", import.meta.url));
  assert.equal(committed, await buildIndex(), "run scripts/docs_index.ts");
});

Deno.test("buildIndex() lists every document below the folder, sorted by path, without itself", async () => {
  const path = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${path}/b`);
    await Deno.writeTextFile(`${path}/README.md`, "# Old index\n");
    await Deno.writeTextFile(`${path}/b/one.md`, "# One\n\nIt is first. It is more.\n");
    await Deno.writeTextFile(`${path}/a.md`, "# A\n");
    await Deno.writeTextFile(`${path}/data.csv`, "# no document\n");
    const lines = (await buildIndex(new URL(`file://${path}/`))).split("\n");
    assert.deepEqual(lines.filter((line) => line.startsWith("-")), [
      "- [A](a.md)",
      "- [One](b/one.md): It is first.",
    ]);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("describe() takes the first heading and the first sentence of prose after it", () => {
  const text = [
    "<!-- # hidden -->",
    "# The [queue](queue.md) of `jobs`",
    "",
    "| a | b |",
    "",
    "```sh",
    "# not this",
    "```",
    "",
    "Takes 1.5 s, e.g. with [one",
    "worker](worker.md). Then more.",
  ].join("\n");
  assert.deepEqual(describe("x.md", text), {
    path: "x.md",
    title: "The queue of `jobs`",
    summary: "Takes 1.5 s, e.g. with one worker.",
  });
});

Deno.test("describe() refuses a document without a heading", () => {
  assert.throws(() => describe("x.md", "Text."), /^Error: Cannot index docs\/x.md: it has no heading$/);
});
