import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const zip = "tests/data/candle-files/04_binance_spot.zip";

Deno.test("docs/examples/zip-to-sweep.sh goes from a zip to ranked rows and candles that workers find", async () => {
  await using folder = await temporaryFolder();
  const config = await folder.write(
    "backtest.yaml",
    `version: 1\ncandles: { directory: "${folder.path}/candles" }\n`,
  );
  const run = async () => {
    const { code, stdout, stderr } = await new Deno.Command("docs/examples/zip-to-sweep.sh", {
      args: [zip, "1", "BTCUSDT", "2025-01-08", "2025-01-26"],
      cwd: root,
      env: { DENO: Deno.execPath(), CONFIG: config, NO_COLOR: "1" },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assert.equal(code, 0, text(stderr));
    return text(stdout);
  };
  const first = await run();
  assert.match(first, /format .*zip/);
  assert.match(first, /600 new, 0 replaced, 0 already there/);
  assert.match(first, /│ 1 │ .*fast=\d+ slow=\d+/);
  // equal ones are one row
  assert.ok([...first.matchAll(/^│ \d+ │/gm)].length >= 3);
  const again = await run();
  assert.equal(
    again,
    first.replace("600 new, 0 replaced, 0 already there", "0 new, 0 replaced, 600 already there"),
  );
  assert.ok(
    [...Deno.readDirSync(`${folder.path}/candles/1`)].some(({ name }) => name.endsWith(".1h.parquet")),
  );
});
