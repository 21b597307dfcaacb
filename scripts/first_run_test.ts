import assert from "node:assert/strict";
import { isCheckout } from "../tests/deploy/image_files.ts";
import { hasPrograms } from "../tests/helpers/optional_program.ts";
import { firstRun } from "./first_run.ts";

const withoutClone = !await hasPrograms("git") || !await isCheckout();

Deno.test(
  "the first command installs what it uses, in a folder with a space: half of 230 packages and 348 MB at most",
  {
    ignore: withoutClone,
  },
  async () => {
    const { packages, bytes, seconds, stdout } = await firstRun({ cached: true });
    console.log(`${packages} packages, ${Math.round(bytes / 1e6)} MB, ${seconds.toFixed(1)} s`);
    assert.match(stdout, /embedded Postgres at 127\.0\.0\.1/);
    assert.ok(packages > 20 && packages <= 115, `${packages} packages`);
    assert.ok(bytes > 20e6 && bytes <= 174e6, `${bytes} bytes`);
  },
);
