import assert from "node:assert/strict";
import { parse } from "yaml";
import { apiConfigSchema } from "./api_config.ts";
import { readWith, toFileItems } from "./zod_issues.ts";

function findings(value: unknown): string[] {
  const reading = readWith(apiConfigSchema, value);
  return reading.ok
    ? assert.fail("nothing was refused")
    : toFileItems(reading.findings).map(({ message }) => message);
}

const auth = {
  mode: "jwt",
  cookie_name: "sid",
  jwks_url: "https://id.example.org/keys",
  issuer: "us",
  audience: "api",
  roles_claim: "groups",
};

Deno.test("apiConfigSchema reads every key", () => {
  const reading = readWith(apiConfigSchema, {
    host: "0.0.0.0",
    port: 0n,
    auth: { ...auth, operator_role: "ops" },
    rate_limit: { requests: 5n, seconds: 1n },
    connections_max: 3n,
    header_bytes_max: 4096n,
    header_seconds_max: 1.5,
    body_bytes_max: 1n,
    body_seconds_max: 0.5,
    request_seconds_max: 2n,
    sync_runs_max: 1n,
    uploads: {
      bytes_max: 5n,
      seconds_max: 2.5,
      user_bytes_max: 9n,
      rate_limit: { requests: 3n, seconds: 2n },
    },
  });
  assert.ok(reading.ok);
  assert.deepEqual(reading.value, {
    host: "0.0.0.0",
    port: 0,
    auth: { ...auth, jwks_file: null, operator_role: "ops" },
    rate_limit: { requests: 5, seconds: 1 },
    connections_max: 3,
    header_bytes_max: 4096,
    header_seconds_max: 1.5,
    body_bytes_max: 1,
    body_seconds_max: 0.5,
    request_seconds_max: 2,
    sync_runs_max: 1,
    uploads: { bytes_max: 5, seconds_max: 2.5, user_bytes_max: 9, rate_limit: { requests: 3, seconds: 2 } },
  });
});

Deno.test("apiConfigSchema has the keys that configs/backtest.yaml sets and docs/configuration.md explains", () => {
  const read = (path: string) => Deno.readTextFileSync(new URL(`../../${path}`, import.meta.url));
  const keys = Object.keys(apiConfigSchema.shape).sort();
  assert.deepEqual(Object.keys(parse(read("configs/backtest.yaml")).api).sort(), keys);
  const [, section] = read("docs/configuration.md").split("\n## The HTTP API\n");
  const explained = [...section!.matchAll(/^\| (`[^|]+)\|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`(\w+)/g)].map(([, key]) => key!)
  );
  assert.deepEqual([...new Set(explained)].sort(), keys);
});

Deno.test("apiConfigSchema names the wrong key and its value", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [{ port: 65_536n }, "port must be a port 0..65535, got 65536"],
    [{ host: "" }, 'host must be a text, got ""'],
    [{ auth: { mode: "none" } }, 'auth.mode must be dev or jwt, got "none"'],
    [{ auth: { mode: "jwt", cookie_name: "a b" } }, 'auth.cookie_name must be a cookie name, got "a b"'],
    [{ auth: { issuer: "us" } }, 'auth.issuer must be left out where mode is dev, got "us"'],
    [
      { auth: { ...auth, audience: null } },
      "auth.audience must be set where jwks_url is set, got null",
    ],
    [
      { auth: { ...auth, jwks_file: "keys.json" } },
      'auth.jwks_file must be left out where jwks_url is set, got "keys.json"',
    ],
    [
      { auth: { ...auth, jwks_url: "http://id.example.org/keys" } },
      'auth.jwks_url must be an https URL, got "http://id.example.org/keys"',
    ],
    [{ rate_limit: { requests: 0n } }, "rate_limit.requests must be an integer > 0, got 0"],
    [{ connections_max: 0n }, "connections_max must be an integer > 0, got 0"],
    [{ header_bytes_max: 0n }, "header_bytes_max must be an integer > 0, got 0"],
    [{ header_seconds_max: 0n }, "header_seconds_max must be a number > 0, got 0"],
    [{ body_bytes_max: 1.5 }, "body_bytes_max must be an integer > 0, got 1.5"],
    [{ body_seconds_max: 0n }, "body_seconds_max must be a number > 0, got 0"],
  ];
  for (const [value, message] of cases) assert.deepEqual(findings(value), [message]);
});

Deno.test("S000-37 apiConfigSchema has no key for a secret", () => {
  const found = findings({ auth: { mode: "jwt", secret: "x" } });
  assert.equal(found.length, 1);
  assert.match(found[0]!, /^auth\.secret /);
});
