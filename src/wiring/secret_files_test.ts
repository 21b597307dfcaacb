import assert from "node:assert/strict";
import { secretVariables, withSecretFiles } from "./secret_files.ts";

const files: Readonly<Record<string, string>> = {
  "/run/secrets/one": "p@ss word\n",
  "/run/secrets/windows": "secret\r\n",
  "/run/secrets/two lines": "secret\n\n",
  "/run/secrets/bare": " kept as it is ",
  "/run/secrets/empty": "\n",
};
const readText = (path: string) => {
  if (path === "/locked") throw new Deno.errors.PermissionDenied("no");
  if (!(path in files)) throw new Deno.errors.NotFound("no");
  return files[path]!;
};
const of = (env: Record<string, string>) => withSecretFiles(env, readText);

Deno.test("NAME_FILE gives each secret the content of a file, less one newline at its end", () => {
  for (const name of secretVariables) {
    assert.equal(of({ [`${name}_FILE`]: "/run/secrets/one" })[name], "p@ss word", name);
    assert.equal(of({ [`${name}_FILE`]: "/run/secrets/one", [name]: "" })[name], "p@ss word", name);
  }
  assert.equal(of({ CH_PASSWORD_FILE: "/run/secrets/windows" }).CH_PASSWORD, "secret");
  assert.equal(of({ CH_PASSWORD_FILE: "/run/secrets/two lines" }).CH_PASSWORD, "secret\n");
  assert.equal(of({ CH_PASSWORD_FILE: "/run/secrets/bare" }).CH_PASSWORD, " kept as it is ");
  assert.deepEqual(of({ CH_HOST: "db", CH_PASSWORD_FILE: " " }), { CH_HOST: "db", CH_PASSWORD_FILE: " " });
});

Deno.test("NAME_FILE is refused in one line that names variable and path, and holds no secret", () => {
  const refusals: readonly (readonly [Record<string, string>, string])[] = [
    [
      { CH_PASSWORD_FILE: "/run/secrets/one", CH_PASSWORD: "hunter2" },
      "Cannot use CH_PASSWORD_FILE: CH_PASSWORD is set, too; only one of the two may be",
    ],
    [{ POSTGRES_DSN_FILE: "/nowhere" }, 'Cannot use POSTGRES_DSN_FILE: "/nowhere" does not exist'],
    [{ POSTGRES_DSN_FILE: "/locked" }, 'Cannot use POSTGRES_DSN_FILE: "/locked" cannot be read'],
    [
      { STRATEGY_PG_DSN_FILE: "/run/secrets/empty" },
      'Cannot use STRATEGY_PG_DSN_FILE: "/run/secrets/empty" is empty',
    ],
  ];
  for (const [env, message] of refusals) assert.throws(() => of(env), { message });
});
