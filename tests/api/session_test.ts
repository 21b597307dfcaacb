import assert from "node:assert/strict";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { manualClock } from "../memory/clock.ts";
import { createAuthenticator } from "../../src/api/auth/authenticator.ts";
import type { ApiConfig } from "../../src/schema/api_config.ts";
import { type Answer, type ApiWorld, apiWorld } from "../helpers/api_world.ts";
import { operationsOf } from "../helpers/any_request.ts";
import { testConfig } from "../helpers/config.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";

const jobs = "/backtests/jobs";
const strangerId = "22222222-2222-4222-8222-222222222222";
const secret = "a secret of more than thirty-two bytes";
const nowMs = Date.UTC(2026, 0, 1);
const bytes = (text: string) => new TextEncoder().encode(text);
const base64url = (value: unknown) =>
  bytes(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true });

/** An API that wants signed tokens, as in production. */
async function jwtWorld(
  { auth = {}, jwks = "" }: { readonly auth?: Partial<ApiConfig["auth"]>; readonly jwks?: string } = {},
): Promise<ApiWorld & Disposable> {
  const stop = new AbortController();
  const clock = manualClock(nowMs);
  const { api } = testConfig();
  const authenticate = await createAuthenticator({
    config: { ...api, auth: { ...api.auth, mode: "jwt", ...auth } },
    host: "0.0.0.0",
    devUserId: userId,
    secret,
    clock,
    readText: () => Promise.resolve(jwks),
  });
  const world = apiWorld({ authenticate, clock, stop: stop.signal });
  return { ...world, [Symbol.dispose]: () => stop.abort() };
}

const claims = (changes: Record<string, unknown> = {}) =>
  new SignJWT({ sub: userId, exp: nowMs / 1000 + 60, ...changes }).setProtectedHeader({ alg: "HS256" });
const token = (changes: Record<string, unknown> = {}) => claims(changes).sign(bytes(secret));
/** As a page of this origin sends it. */
const cookie = (jwt: string) => ({ cookie: `theme=dark; session=${jwt}`, "sec-fetch-site": "same-origin" });
const bearer = (jwt: string) => ({ authorization: `Bearer ${jwt}` });

function requireUnauthorized({ status, headers, json, text }: Answer, reason: string): void {
  assert.equal(status, 401, text);
  assert.equal(headers.get("www-authenticate"), "Bearer");
  assert.deepEqual([json.error.code, json.error.details], ["unauthorized", { reason }]);
}

Deno.test("S001-21 S001-22 the owner's session cookie creates, reads and cancels a job: 200 and the status object", async () => {
  using world = await jwtWorld();
  const headers = cookie(await token());
  const created = await world.send("POST", jobs, { body: requestBody(), headers, user: null });
  assert.equal(created.status, 201, created.text);
  const path = `${jobs}/${created.json.job_id}`;
  const cancelled = await world.send("POST", `${path}/cancel`, { headers, user: null });
  assert.equal(cancelled.status, 200);
  assert.deepEqual(Object.keys(cancelled.json), Object.keys(created.json));
  assert.equal(cancelled.json.state, "cancelled");
  assert.equal((await world.jobs.get(created.json.job_id))?.userId, userId);
  const again = await world.send("GET", path, { headers: bearer(await token()), user: null });
  assert.equal(again.text, cancelled.text);
});

Deno.test("S004-21 a session of another user is 403 for a job, and a cookie from another site changes nothing", async () => {
  using world = await jwtWorld();
  const { json } = await world.send("POST", jobs, {
    body: requestBody(),
    headers: bearer(await token()),
    user: null,
  });
  const path = `${jobs}/${json.job_id}`;
  const stranger = bearer(await token({ sub: strangerId }));
  for (const [method, rest] of [["GET", ""], ["GET", "/top"], ["POST", "/cancel"]] as const) {
    assert.equal((await world.send(method, path + rest, { headers: stranger, user: null })).status, 403);
  }
  const headers = { ...cookie(await token()), "sec-fetch-site": "cross-site" };
  const forged = await world.send("POST", `${path}/cancel`, { headers, user: null });
  assert.deepEqual([forged.status, forged.json.error.code], [403, "forbidden"]);
  assert.equal((await world.jobs.get(json.job_id))?.state, "queued");
});

Deno.test("S003-44 every operation that needs a session refuses each kind of bad token with 401, whatever else is sent", async () => {
  using world = await jwtWorld();
  const good = await token();
  const [head, , signature] = good.split(".");
  const other = base64url({ sub: strangerId, exp: 9e9 });
  const cut = good.slice(0, -1);
  const bad: readonly (readonly [reason: string, headers: Record<string, string>])[] = [
    ["missing", {}],
    ["missing", { authorization: "Basic dXNlcjpwYXNz" }],
    ["invalid", bearer(`${head}.${other}.${signature}`)],
    ["invalid", cookie(`${head}.${other}.${signature}`)],
    ["invalid", bearer(cut)],
    ["invalid", bearer(`${base64url({ alg: "none" })}.${other}.`)],
    ["invalid", bearer(`${base64url({ alg: "none", typ: "JWT" })}.${other}.${signature}`)],
    ["invalid", bearer(await claims().sign(bytes(`${secret}!`)))],
    ["expired", bearer(await token({ exp: nowMs / 1000 }))],
    ["expired", cookie(await token({ exp: 1 }))],
    ["invalid", bearer(await token({ nbf: nowMs / 1000 + 1 }))],
    ["invalid", bearer(await token({ exp: undefined }))],
    ["invalid", bearer(await token({ sub: "admin" }))],
    // who knows an id is not its user
    ["invalid", bearer(userId)],
    ["invalid", cookie(userId)],
    ["missing", { "x-user-id": userId, "x-test-user": userId }],
  ];
  const document = (await world.send("GET", "/openapi.json", { user: null })).json;
  const guarded = operationsOf(document).filter(({ open }) => !open);
  assert.ok(guarded.length >= 19, `${guarded.length} operations`);
  for (const { method, path } of guarded) {
    const where = path.replaceAll(/\{.+?\}/g, "x");
    const texts = new Map<string, string>();
    for (const [reason, headers] of bad) {
      const answer = await world.send(method, where, {
        headers,
        user: null,
        ...(method === "POST" ? { body: "{" } : {}),
      });
      requireUnauthorized(answer, reason);
      assert.doesNotMatch(answer.text, new RegExp(`${secret}|${signature}|${strangerId}`));
      texts.set(answer.text, reason);
    }
    assert.ok(texts.size <= 6, "an answer tells too much of a token");
  }
  assert.deepEqual((await world.jobs.listForUser({ userId, limit: 9 })).items, []);
});

Deno.test("issuer and audience of a token must be the configured ones", async () => {
  using world = await jwtWorld({ auth: { issuer: "https://id.test", audience: "backtests" } });
  const right = { iss: "https://id.test", aud: "backtests" };
  const status = async (changes: Record<string, unknown>) => {
    const answer = await world.send("GET", jobs, { headers: bearer(await token(changes)), user: null });
    if (answer.status !== 200) requireUnauthorized(answer, "invalid");
    return answer.status;
  };
  assert.equal(await status(right), 200);
  assert.equal(await status({ ...right, aud: ["other", "backtests"] }), 200);
  const wrong: readonly Record<string, unknown>[] = [
    { ...right, iss: "https://id.test/" },
    { ...right, aud: "backtest" },
    { ...right, aud: [] },
    { iss: right.iss },
    { aud: right.aud },
    {},
  ];
  for (const changes of wrong) assert.equal(await status(changes), 401, JSON.stringify(changes));
});

Deno.test("with a JWKS neither its public key as a shared secret, nor the secret, nor another key signs a session", async () => {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...await exportJWK(publicKey), kid: "k1", alg: "RS256" };
  const jwks = JSON.stringify({ keys: [jwk] });
  using world = await jwtWorld({ auth: { jwks_file: "keys.json" }, jwks });
  const send = (jwt: string) => world.send("GET", jobs, { headers: bearer(jwt), user: null });
  const signed = (header: { alg: string; kid?: string }) =>
    new SignJWT({ sub: userId, exp: nowMs / 1000 + 60 }).setProtectedHeader(header);
  const good = await signed({ alg: "RS256", kid: "k1" }).sign(privateKey);
  assert.equal((await send(good)).status, 200);
  const pem = await exportSPKI(publicKey);
  for (const key of [pem, pem.trimEnd(), jwks, JSON.stringify(jwk), jwk.n!, secret]) {
    for (const kid of [{}, { kid: "k1" }]) {
      requireUnauthorized(await send(await signed({ alg: "HS256", ...kid }).sign(bytes(key))), "invalid");
    }
  }
  const stranger = await generateKeyPair("RS256", { extractable: true });
  requireUnauthorized(
    await send(await signed({ alg: "RS256", kid: "k1" }).sign(stranger.privateKey)),
    "invalid",
  );
  // a key that the token brings along, or says where to find, is nobody's
  const own = new SignJWT({ sub: userId, exp: nowMs / 1000 + 60 }).setProtectedHeader({
    alg: "RS256",
    jwk: await exportJWK(stranger.publicKey),
    jku: "https://evil.test/keys.json",
  });
  requireUnauthorized(await send(await own.sign(stranger.privateKey)), "invalid");
  const [, payload, signature] = good.split(".");
  requireUnauthorized(
    await send(`${base64url({ alg: "none", kid: "k1" })}.${payload}.${signature}`),
    "invalid",
  );
});

Deno.test("the session ends at its time, by the clock of the server", async () => {
  using world = await jwtWorld();
  const headers = bearer(await token());
  const clock = world.deps.clock as ReturnType<typeof manualClock>;
  await clock.advance(59_000);
  assert.equal((await world.send("GET", jobs, { headers, user: null })).status, 200);
  await clock.advance(1000);
  requireUnauthorized(await world.send("GET", jobs, { headers, user: null }), "expired");
});

Deno.test("a subject that is no text is no user, whatever it looks like as one", async () => {
  using world = await jwtWorld();
  for (const sub of [[userId], { id: userId }, 7, true, null]) {
    const answer = await world.send("GET", jobs, { headers: bearer(await token({ sub })), user: null });
    requireUnauthorized(answer, "invalid");
  }
});
