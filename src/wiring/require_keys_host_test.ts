import assert from "node:assert/strict";
import { runProgram } from "../../tests/helpers/program.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";

Deno.test("13 an API that may not fetch the keys of its tokens does not start, and says what to allow", async () => {
  await using folder = await temporaryFolder();
  const config = await folder.write(
    "backtest.yaml",
    "version: 1\ncandles: { uploads: null }\napi: { auth: { mode: jwt, issuer: i, audience: a, jwks_url: https://idp.example.com/keys } }\n",
  );
  const start = (net: string) =>
    runProgram(["api", "--config", config], {
      permissions: ["--allow-read", "--allow-env", "--allow-sys", `--allow-net=${net}`],
    });
  const { code, stderr } = await start("127.0.0.1");
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^Cannot start the API: api\.auth\.jwks_url is at idp\.example\.com:443, which --allow-net of this process must name\n$/,
  );
  // with it, the next thing that is missing ends the start
  assert.match((await start("idp.example.com:443")).stderr, /STRATEGY_PG_DSN must be set/);
});
