import assert from "node:assert/strict";
import { runProgram } from "../helpers/program.ts";

Deno.test("13 a URL that is refused, or does not answer, is told without the password in it", async () => {
  const dsn = "postgres://ann:hunter2@127.0.0.1:1/x";
  const runs: readonly (readonly [args: readonly string[], env: Readonly<Record<string, string>>])[] = [
    [["jobs", "list", "--api", "http://ann:hunter2@127.0.0.1:9"], {}],
    [["worker"], { STRATEGY_PG_DSN: dsn, CH_HOST: "http://ann:hunter2@127.0.0.1" }],
    [["worker"], { STRATEGY_PG_DSN: dsn }],
    [["worker"], { STRATEGY_PG_DSN: `${dsn}?sslmode=https://ann:hunter2@b` }],
  ];
  for (const [args, env] of runs) {
    const { code, stdout, stderr } = await runProgram(args, { env });
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^Cannot [^\n]+\n$/);
    assert.doesNotMatch(stdout + stderr, /hunter2/, args.join(" "));
  }
});
