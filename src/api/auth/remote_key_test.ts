import assert from "node:assert/strict";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { jwtAuthenticator } from "./jwt_authenticator.ts";
import { remoteKey } from "./token_key.ts";

const userId = "00000000-0000-4000-8000-000000000001";
const nowMs = Date.UTC(2026, 0, 1);

/** A body without end; tells of each part of it that is taken. */
function endless(taken: (bytes: number) => void): ReadableStream<Uint8Array> {
  const part = new Uint8Array(65_536).fill(32);
  return new ReadableStream({
    pull(controller) {
      taken(part.length);
      controller.enqueue(part);
    },
  });
}

/** An issuer over HTTP whose keys change, and an API that fetches them. */
async function issuer() {
  const pairs = [await generateKeyPair("ES256"), await generateKeyPair("ES256")];
  const keys = await Promise.all(
    pairs.map(async ({ publicKey }, i) => ({ ...await exportJWK(publicKey), kid: `k${i}` })),
  );
  const state = { current: 0, fetched: 0, down: false, endless: false, sentBytes: 0 };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
    state.fetched++;
    if (state.endless) return new Response(endless((bytes) => state.sentBytes += bytes));
    return state.down ? new Response("no", { status: 500 }) : Response.json({ keys: [keys[state.current]] });
  });
  const authenticate = jwtAuthenticator({
    key: remoteKey(`http://127.0.0.1:${server.addr.port}/keys`, { cooldownMs: 0 }),
    cookie_name: "session",
    issuer: "us",
    audience: "api",
    roles_claim: "groups",
    operator_role: "ops",
    clock: { nowMs: () => nowMs },
  });
  const send = async (key: number, claims: Record<string, unknown> = {}) => {
    const token = await new SignJWT({ sub: userId, iss: "us", aud: "api", exp: nowMs / 1000 + 60, ...claims })
      .setProtectedHeader({ alg: "ES256", kid: `k${key}` }).sign(pairs[key]!.privateKey);
    return await authenticate(
      new Request("http://api.test/", { headers: { authorization: `Bearer ${token}` } }),
    );
  };
  return { state, send, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("jwks_url: keys are fetched once and kept, and anew for a token of a key that is not among them", async () => {
  await using world = await issuer();
  for (let n = 0; n < 3; n++) assert.equal((await world.send(0)).userId, userId);
  assert.equal(world.state.fetched, 1);
  world.state.current = 1;
  assert.equal((await world.send(1)).userId, userId);
  assert.equal(world.state.fetched, 2);
  // the key that is gone opens nothing any more
  await assert.rejects(world.send(0), { code: "unauthorized" });
});

Deno.test("jwks_url: while keys cannot be fetched nobody is told that his session is wrong", async () => {
  await using world = await issuer();
  world.state.down = true;
  await assert.rejects(world.send(0), { code: "overloaded", details: { retry_after_seconds: 5 } });
  world.state.down = false;
  assert.equal((await world.send(0)).userId, userId);
});

Deno.test("13 jwks_url: of keys without end no more is read than keys may have", async () => {
  await using world = await issuer();
  world.state.endless = true;
  await assert.rejects(world.send(0), { code: "overloaded" });
  assert.ok(world.state.sentBytes < 100_000_000, `${world.state.sentBytes} bytes`);
  world.state.endless = false;
  assert.equal((await world.send(0)).userId, userId);
});

Deno.test("tokens name roles as a text or a list, and the operator's makes an operator", async () => {
  await using world = await issuer();
  const caller = async (groups: unknown) => await world.send(0, { groups });
  assert.deepEqual(await caller("ops"), { userId, roles: ["ops"], isOperator: true });
  assert.deepEqual(await caller(["a", "ops", 7]), { userId, roles: ["a", "ops"], isOperator: true });
  assert.deepEqual(await caller(["operator"]), { userId, roles: ["operator"], isOperator: false });
  for (const groups of [undefined, null, 7, { ops: true }]) {
    assert.deepEqual(await caller(groups), { userId, roles: [], isOperator: false });
  }
});
