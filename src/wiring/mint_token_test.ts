import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { jwtAuthenticator } from "../api/auth/jwt_authenticator.ts";
import { secretKey } from "../api/auth/token_key.ts";
import { runProgram } from "../../tests/helpers/program.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { mintToken } from "./mint_token.ts";

const userId = "00000000-0000-4000-8000-000000000001";
const secret = "a secret of more than thirty-two bytes";
const nowMs = Date.UTC(2026, 0, 1);
const dayMs = 86_400_000;
const env = { BACKTEST_JWT_SECRET: secret };

/** What an API with the secret makes of a token, so many days later. */
async function caller(
  token: string,
  { days, issuer = null }: { readonly days: number; readonly issuer?: string | null },
) {
  const authenticate = jwtAuthenticator({
    key: secretKey(secret, "BACKTEST_JWT_SECRET"),
    cookie_name: "session",
    issuer,
    audience: null,
    roles_claim: "roles",
    operator_role: "ops",
    clock: { nowMs: () => nowMs + days * dayMs },
  });
  return await authenticate(
    new Request("http://api.test/", { headers: { authorization: `Bearer ${token}` } }),
  );
}

Deno.test("api token: the API takes the token for so many days, with its roles", async () => {
  const token = await mintToken({ userId, days: 3, roles: ["ops"] }, { env, nowMs });
  assert.deepEqual(await caller(token, { days: 2.9 }), { userId, roles: ["ops"], isOperator: true });
  await assert.rejects(caller(token, { days: 3.1 }), { code: "unauthorized" });
  const plain = await mintToken({ userId, days: 3, roles: [] }, { env, nowMs });
  assert.deepEqual(await caller(plain, { days: 0 }), { userId, roles: [], isOperator: false });
});

Deno.test("api token: issuer of the config, and no token without a secret or of somebody else's keys", async () => {
  await using folder = await temporaryFolder();
  const write = (auth: string) =>
    folder.write("backtest.yaml", `version: 1\napi: { auth: { mode: jwt, ${auth} } }\n`);
  const configPath = await write("issuer: us");
  const token = await mintToken({ userId, days: 1, roles: [], configPath }, { env, nowMs });
  assert.equal((await caller(token, { days: 0, issuer: "us" })).userId, userId);
  await assert.rejects(mintToken({ userId, days: 1, roles: [] }, { env: {}, nowMs }), {
    message: "Cannot make a token: BACKTEST_JWT_SECRET must be set to the secret the API is started with",
  });
  await write("jwks_file: keys.json");
  await assert.rejects(
    mintToken({ userId, days: 1, roles: [], configPath }, { env, nowMs }),
    /whoever holds the private key/,
  );
});

Deno.test("13 in prod neither the API starts nor a token is made where tokens need no issuer and audience", async () => {
  await using folder = await temporaryFolder();
  const prod = { ...env, ROEHUB_ENV: "prod" };
  const token = await mintToken({ userId, days: 1, roles: [] }, { env: prod, nowMs });
  assert.deepEqual(decodeJwt(token), {
    ...{ sub: userId, iss: "backtest", aud: "backtest-api" },
    ...{ iat: nowMs / 1000, exp: (nowMs + dayMs) / 1000 },
  });
  for (
    const [auth, missing] of [["issuer: us", "audience"], ["audience: us", "issuer"], [
      "issuer: null",
      "issuer",
    ]]
  ) {
    const configPath = await folder.write(
      "backtest.yaml",
      `version: 1\napi: { auth: { mode: jwt, ${auth} } }\n`,
    );
    const message =
      `Cannot use config "${configPath}": api.auth.${missing} must be set where ROEHUB_ENV is prod, got null`;
    await assert.rejects(mintToken({ userId, days: 1, roles: [], configPath }, { env: prod, nowMs }), {
      message,
    });
    const { code, stderr } = await runProgram(["api", "--config", configPath], { env: prod });
    assert.equal(code, 1);
    assert.ok(stderr.startsWith(message), stderr);
    await mintToken({ userId, days: 1, roles: [], configPath }, { env, nowMs });
  }
});
