import assert from "node:assert/strict";
import { exportJWK, generateKeyPair } from "jose";
import type { ApiConfig } from "../../schema/api_config.ts";
import { type AuthenticatorOptions, createAuthenticator } from "./authenticator.ts";
import { isLoopback } from "./dev_authenticator.ts";

const devUserId = "00000000-0000-4000-8000-000000000001";

function options(
  auth: Partial<ApiConfig["auth"]>,
  changes: Partial<AuthenticatorOptions> = {},
): AuthenticatorOptions {
  return {
    config: {
      auth: {
        mode: "dev",
        cookie_name: "session",
        jwks_file: null,
        jwks_url: null,
        roles_claim: "roles",
        operator_role: null,
        issuer: null,
        audience: null,
        ...auth,
      },
    },
    host: "127.0.0.1",
    devUserId,
    secret: undefined,
    clock: { nowMs: () => 0 },
    readText: (path) => Promise.reject(new Error(`no ${path}`)),
    ...changes,
  };
}

async function refusal(wrong: AuthenticatorOptions): Promise<string> {
  return await createAuthenticator(wrong).then(
    () => assert.fail("nothing was refused"),
    (error: Error) => error.message,
  );
}

Deno.test("createAuthenticator() refuses mode dev anywhere but on loopback", async () => {
  for (const host of ["0.0.0.0", "::", "192.168.1.4", "example.com", "127.0.0.1.example.com", "localhost."]) {
    assert.equal(
      await refusal(options({}, { host })),
      `Cannot start the API: api.auth.mode dev serves loopback only, but the host is "${host}": set mode jwt`,
    );
  }
  for (const host of ["127.0.0.1", "127.1.2.3", "localhost", "LOCALHOST", "::1", "[::1]"]) {
    assert.ok(isLoopback(host), host);
    await createAuthenticator(options({}, { host }));
  }
});

Deno.test("createAuthenticator() needs a key for mode jwt, and shows nothing of it", async () => {
  assert.equal(
    await refusal(options({ mode: "jwt" })),
    "Cannot start the API: api.auth.mode jwt needs BACKTEST_JWT_SECRET in the environment, or api.auth.jwks_file or jwks_url",
  );
  assert.equal(
    await refusal(options({ mode: "jwt" }, { secret: "hunter2" })),
    "Cannot start the API: BACKTEST_JWT_SECRET must have at least 32 bytes, got 7",
  );
});

Deno.test("createAuthenticator() takes a file of public keys only", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const text = (value: unknown) =>
    options({ mode: "jwt", jwks_file: "keys.json" }, {
      readText: () => Promise.resolve(JSON.stringify(value)),
    });
  await createAuthenticator(text({ keys: [await exportJWK(publicKey)] }));
  const form = 'Cannot start the API: "keys.json" must be {"keys": [...]} with public keys';
  for (const bad of [{}, [], { keys: [] }, { keys: [1] }, { keys: [{}] }, "x"]) {
    assert.equal(await refusal(text(bad)), form);
  }
  const secret = 'Cannot start the API: "keys.json" must hold public keys only, but key 1 is secret';
  for (const key of [await exportJWK(privateKey), { kty: "oct", k: "c2VjcmV0" }]) {
    assert.equal(await refusal(text({ keys: [await exportJWK(publicKey), key] })), secret);
  }
});

Deno.test("createAuthenticator() in mode dev knows one user and serves no other site's pages", async () => {
  const authenticate = await createAuthenticator(options({}));
  const request = (url: string, headers: Record<string, string> = {}) =>
    authenticate(new Request(url, { method: "POST", headers }));
  assert.deepEqual(await request("http://127.0.0.1:8000/x"), { userId: devUserId });
  assert.deepEqual(await request("http://localhost:8000/x", { origin: "http://localhost:8000" }), {
    userId: devUserId,
  });
  await assert.rejects(request("http://localhost:8000/x", { origin: "https://evil.test" }), {
    code: "forbidden",
  });
  await assert.rejects(request("http://localhost:8000/x", { "sec-fetch-site": "cross-site" }), {
    code: "forbidden",
  });
  await assert.rejects(request("http://rebound.evil.test:8000/x"), {
    code: "forbidden",
    message: 'Cannot serve host "rebound.evil.test" without sign-in: only loopback names are served',
  });
});
