import assert from "node:assert/strict";
import { keepReading } from "./keep_reading.ts";

async function readable(path: string | URL): Promise<boolean> {
  return (await Deno.permissions.query({ name: "read", path })).state === "granted";
}

const root = new URL("../../", import.meta.url);

Deno.test({
  name: "keepReading() leaves the project's own folders and those it is told, and nothing else",
  permissions: { read: ["/"] },
  async fn() {
    assert.ok(await readable("/etc/passwd"));
    await keepReading(["/srv/candles", "data/candles"]);
    for (const path of ["build/backtest.wasm", "src/main.ts", "node_modules/x"]) {
      assert.ok(await readable(new URL(path, root)), path);
    }
    for (const path of ["/srv/candles/1/X.csv", "data/candles/1/X.csv"]) {
      assert.ok(await readable(path), path);
    }
    for (const path of ["/etc/passwd", "/", "/srv", new URL("deno.json", root), new URL("data", root)]) {
      assert.equal(await readable(path), false, String(path));
    }
  },
});

Deno.test({
  name: "keepReading() asks for nothing where the process was started with less",
  permissions: { read: ["/srv"] },
  async fn() {
    await keepReading(["/etc"]);
    assert.ok(await readable("/srv/x"));
    assert.equal(await readable("/etc/passwd"), false);
  },
});
