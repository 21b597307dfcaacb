import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

Deno.test("docs/performance.md names tasks and kernels that exist", async () => {
  const doc = await Deno.readTextFile(new URL("docs/performance.md", root));
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const named = [...doc.matchAll(/deno task (\w+)/g)].map(([, task]) => task!);
  assert.ok(named.includes("profile") && named.includes("bench"));
  for (const task of named) assert.ok(task in tasks, task);
  const module = new WebAssembly.Module(await Deno.readFile(new URL("build/backtest.wasm", root)));
  const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
  const kernels = [...doc.matchAll(/`([a-z]+[A-Z]\w+)`/g)].map(([, name]) => name!);
  assert.ok(kernels.length > 5);
  for (const name of kernels) assert.ok(exported.includes(name), name);
});
