import assert from "node:assert/strict";
import { join } from "node:path";
import { completeLinks, copyOnce } from "./embedded_binaries.ts";

async function withFolders(
  work: (folders: { source: string; target: string }) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "backtest-test-" });
  try {
    const source = join(root, "source");
    await Deno.mkdir(source);
    await Deno.writeTextFile(join(source, "program.6.18"), "bytes", { mode: 0o755 });
    await Deno.symlink("program.6.18", join(source, "program"));
    await work({ source, target: join(root, "copy") });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("copyOnce() copies links and modes for all to read, and nothing else stays", async () => {
  await withFolders(async ({ source, target }) => {
    assert.equal(await copyOnce(source, target), target);
    assert.equal(await Deno.readLink(join(target, "program")), "program.6.18");
    assert.equal((await Deno.stat(join(target, "program"))).mode! & 0o777, 0o755);
    assert.equal((await Deno.stat(target)).mode! & 0o777, 0o755);
    const left = (await Array.fromAsync(Deno.readDir(join(target, "..")))).map(({ name }) => name);
    assert.deepEqual(left.sort(), ["copy", "source"]);
  });
});

Deno.test("copyOnce() uses the copy of an earlier run, and parallel copies end as one", async () => {
  await withFolders(async ({ source, target }) => {
    await Promise.all([copyOnce(source, target), copyOnce(source, target)]);
    await Deno.writeTextFile(join(target, "mark"), "");
    await copyOnce(source, target);
    await Deno.stat(join(target, "mark"));
  });
});

Deno.test("copyOnce() does not trust a folder that others can write, nor a link", async () => {
  await withFolders(async ({ source, target }) => {
    await Deno.symlink(source, target);
    await assert.rejects(copyOnce(source, target), /is in the way/);
    await Deno.remove(target);
    await Deno.mkdir(target);
    await Deno.chmod(target, 0o777);
    await assert.rejects(copyOnce(source, target), /is in the way/);
  });
});

Deno.test("completeLinks() makes the links that the package's list wants, and leaves those that are there", async () => {
  const root = await Deno.makeTempDir({ prefix: "backtest-test-" });
  try {
    await Deno.mkdir(`${root}/native/lib`, { recursive: true });
    await Deno.writeTextFile(`${root}/native/lib/libx.so.6.2`, "library");
    await Deno.symlink("libx.so.6.2", `${root}/native/lib/libx.so`);
    const links = ["libx.so", "libx.so.6"].map((name) => ({
      source: "native/lib/libx.so.6.2",
      target: `native/lib/${name}`,
    }));
    await completeLinks(root);
    await Deno.writeTextFile(`${root}/native/pg-symlinks.json`, JSON.stringify(links));
    for (let round = 0; round < 2; round++) await completeLinks(root);
    assert.equal(await Deno.readLink(`${root}/native/lib/libx.so.6`), "libx.so.6.2");
    assert.equal(await Deno.readTextFile(`${root}/native/lib/libx.so`), "library");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
