import assert from "node:assert/strict";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import type { BacktestError } from "../../core/errors/mod.ts";
import { jwtAuthenticator, type JwtOptions } from "./jwt_authenticator.ts";
import { jwksKey, secretKey } from "./token_key.ts";

const userId = "11111111-1111-4111-8111-111111111111";
const nowMs = Date.UTC(2026, 0, 1);
const secret = "a secret of more than thirty-two bytes";
const bytes = (text: string) => new TextEncoder().encode(text);

/** The user of the tokens, who has no role. */
const caller = { userId, roles: [], isOperator: false };

const options: JwtOptions = {
  roles_claim: "roles",
  operator_role: null,
  key: secretKey(secret, "SECRET"),
  cookie_name: "session",
  issuer: null,
  audience: null,
  clock: { nowMs: () => nowMs },
};

function claims(changes: Record<string, unknown> = {}): SignJWT {
  return new SignJWT({ sub: userId, exp: nowMs / 1000 + 60, ...changes }).setProtectedHeader({
    alg: "HS256",
  });
}

async function token(changes: Record<string, unknown> = {}): Promise<string> {
  return await claims(changes).sign(bytes(secret));
}

function bearer(jwt: string, init: RequestInit = {}): Request {
  return new Request("http://api.test/x", { ...init, headers: { authorization: `Bearer ${jwt}` } });
}

function cookie(jwt: string, headers: Record<string, string> = {}, method = "POST"): Request {
  return new Request("http://api.test/x", { method, headers: { cookie: `a=b; session=${jwt}`, ...headers } });
}

async function refusal(request: Request, changes: Partial<JwtOptions> = {}): Promise<string> {
  const outcome = await jwtAuthenticator({ ...options, ...changes })(request).then(
    () => assert.fail("nothing was refused"),
    (error: BacktestError) => error,
  );
  return `${outcome.code} ${outcome.details.reason ?? ""}: ${outcome.message}`;
}

Deno.test("jwtAuthenticator() knows the caller by bearer token and by cookie", async () => {
  const authenticate = jwtAuthenticator(options);
  const jwt = await token({ sub: userId.toUpperCase() });
  assert.deepEqual(await authenticate(bearer(jwt)), caller);
  assert.deepEqual(await authenticate(cookie(jwt, {}, "GET")), caller);
});

Deno.test("jwtAuthenticator() refuses a request without token", async () => {
  const missing = "unauthorized missing: Authentication is required: send a session cookie or a bearer token";
  const url = "http://api.test/x";
  for (
    const headers of [
      {},
      { authorization: "Basic dXNlcjpwYXNz" },
      { authorization: "Bearer" },
      { authorization: `Bearer ${"x".repeat(8193)}` },
      { cookie: "session=" },
      { cookie: "other=x" },
    ] as Record<string, string>[]
  ) assert.equal(await refusal(new Request(url, { headers })), missing);
});

Deno.test("jwtAuthenticator() refuses a token that was tampered with", async () => {
  const [head, , signature] = (await token()).split(".");
  const other = btoa(JSON.stringify({ sub: "22222222-2222-4222-8222-222222222222", exp: 9e9 }))
    .replaceAll("=", "");
  const invalid = "unauthorized invalid: Session is not valid: it was not issued for this service";
  assert.equal(await refusal(bearer(`${head}.${other}.${signature}`)), invalid);
  assert.equal(await refusal(bearer(await claims().sign(bytes(`${secret}!`)))), invalid);
  assert.equal(await refusal(bearer("not.a.token")), invalid);
  assert.equal(await refusal(bearer("x")), invalid);
});

Deno.test("jwtAuthenticator() goes by the clock it is given", async () => {
  const expired = "unauthorized expired: Session is over: sign in again";
  assert.equal(await refusal(bearer(await token({ exp: nowMs / 1000 })), {}), expired);
  assert.deepEqual(await jwtAuthenticator(options)(bearer(await token({ exp: nowMs / 1000 + 1 }))), caller);
  assert.equal(
    await refusal(bearer(await token({ nbf: nowMs / 1000 + 30 }))),
    'unauthorized invalid: Session is not valid: its claim "nbf" is wrong',
  );
});

Deno.test("jwtAuthenticator() needs a subject that is a user id, and an end", async () => {
  const wrong = (claim: string) =>
    `unauthorized invalid: Session is not valid: its claim "${claim}" is wrong`;
  assert.equal(await refusal(bearer(await token({ sub: undefined }))), wrong("sub"));
  assert.equal(await refusal(bearer(await token({ exp: undefined }))), wrong("exp"));
  for (const sub of ["admin", "", "11111111-1111-4111-8111-11111111111"]) {
    assert.equal(
      await refusal(bearer(await token({ sub }))),
      "unauthorized invalid: Session is not valid: its subject is no user id",
    );
  }
});

Deno.test("jwtAuthenticator() looks at issuer and audience when it is told to", async () => {
  const jwt = await token({ iss: "us", aud: "api" });
  const told = { issuer: "us", audience: "api" };
  assert.deepEqual(await jwtAuthenticator({ ...options, ...told })(bearer(jwt)), caller);
  assert.match(await refusal(bearer(jwt), { issuer: "them" }), /claim "iss" is wrong$/);
  assert.match(await refusal(bearer(jwt), { audience: "web" }), /claim "aud" is wrong$/);
  assert.match(await refusal(bearer(await token()), told), /claim "iss" is wrong$/);
});

Deno.test("jwtAuthenticator() refuses unsigned tokens and other algorithms", async () => {
  const encode = (value: unknown) => btoa(JSON.stringify(value)).replaceAll("=", "");
  const payload = encode({ sub: userId, exp: nowMs / 1000 + 60 });
  for (const alg of ["none", "None", "NONE"]) {
    assert.match(await refusal(bearer(`${encode({ alg })}.${payload}.`)), /^unauthorized invalid/);
  }
  const hs512 = new SignJWT({ sub: userId, exp: nowMs / 1000 + 60 }).setProtectedHeader({ alg: "HS512" });
  assert.match(await refusal(bearer(await hs512.sign(bytes(secret.repeat(2))))), /^unauthorized invalid/);
});

Deno.test("jwtAuthenticator() takes public keys from a JWKS and no shared secret for them", async () => {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...await exportJWK(publicKey), kid: "k1" };
  const key = jwksKey(JSON.stringify({ keys: [jwk] }), "keys.json");
  const signed = new SignJWT({ sub: userId, exp: nowMs / 1000 + 60 }).setProtectedHeader({
    alg: "RS256",
    kid: "k1",
  });
  const jwt = await signed.sign(privateKey);
  assert.deepEqual(await jwtAuthenticator({ ...options, key })(bearer(jwt)), caller);
  // the classic confusion: the public key, which everybody has, used as a shared secret
  for (const text of [await exportSPKI(publicKey), JSON.stringify(jwk), jwk.n!]) {
    assert.match(await refusal(bearer(await claims().sign(bytes(text))), { key }), /^unauthorized invalid/);
  }
  assert.match(await refusal(bearer(jwt)), /^unauthorized invalid/);
  const stranger = await generateKeyPair("RS256");
  assert.match(
    await refusal(bearer(await signed.sign(stranger.privateKey)), { key }),
    /^unauthorized invalid/,
  );
});

Deno.test("jwtAuthenticator() refuses a change asked for with a cookie from another site", async () => {
  const authenticate = jwtAuthenticator(options);
  const jwt = await token();
  for (
    const headers of [
      { "sec-fetch-site": "same-origin" },
      { origin: "http://api.test" },
      { origin: "https://api.test" },
      { origin: "https://evil.test", "sec-fetch-site": "same-origin" },
    ] as Record<string, string>[]
  ) assert.deepEqual(await authenticate(cookie(jwt, headers)), caller);
  for (
    const headers of [
      {},
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
      { origin: "https://evil.test" },
      { origin: "null" },
      { origin: "http://api.test:8080" },
      { origin: "http://api.test", "sec-fetch-site": "cross-site" },
    ] as Record<string, string>[]
  ) assert.match(await refusal(cookie(jwt, headers)), /^forbidden : Cross-site request refused/);
  for (const method of ["PUT", "PATCH", "DELETE"]) {
    assert.match(await refusal(cookie(jwt, {}, method)), /^forbidden/);
  }
  assert.deepEqual(await authenticate(cookie(jwt, { origin: "https://evil.test" }, "GET")), caller);
  assert.deepEqual(await authenticate(bearer(jwt, { method: "POST" })), caller);
  assert.match(await refusal(cookie("bad", {})), /^unauthorized/);
});
