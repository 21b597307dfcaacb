import assert from "node:assert/strict";

const read = (path: string) => Deno.readTextFile(new URL(`../${path}`, import.meta.url));

Deno.test("S000-48 the gate runs format, lint, types, docs and tests, and CI runs the gate", async () => {
  const { tasks } = JSON.parse(await read("deno.json"));
  for (const step of ["deno fmt --check", "deno lint", "deno task check", "--check"]) {
    assert.ok(tasks.gate.command.includes(step), step);
  }
  assert.equal(tasks.ok.command, "deno task gate && deno task test");
  const ci = await read(".ci/run");
  assert.match(ci, /deno task gate/);
  assert.match(ci, /task test/);
});
