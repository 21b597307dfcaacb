import { z } from "zod";

const integer = z.bigint("an integer > 0")
  .gt(0n, { error: "an integer > 0", abort: true })
  .lte(BigInt(Number.MAX_SAFE_INTEGER), "a smaller integer")
  .transform(Number);

const anyNumber = z.union([z.number(), z.bigint()], "a number").transform(Number);
const positive = anyNumber.pipe(z.number().gt(0, "a number > 0"));
const text = z.string("a text").trim().min(1, "a text");

const port = z.bigint("a port 0..65535").gte(0n, "a port 0..65535").lte(65_535n, "a port 0..65535")
  .transform(Number);

const auth = z.strictObject({
  mode: z.literal(["dev", "jwt"], "dev or jwt").default("dev"),
  cookie_name: z.string("a cookie name").regex(/^[\w.-]+$/, "a cookie name").default("session"),
  jwks_file: text.nullable().default(null),
  jwks_url: text.refine(isKeysUrl, "an https URL").nullable().default(null),
  issuer: text.nullable().default(null),
  audience: text.nullable().default(null),
  roles_claim: text.default("roles"),
  operator_role: text.nullable().default(null),
}).superRefine(({ mode, ...keys }, context) => {
  const refuse = (key: keyof typeof keys, message: string) =>
    context.addIssue({ code: "custom", path: [key], message, input: keys[key] });
  if (keys.jwks_file !== null && keys.jwks_url !== null) {
    refuse("jwks_file", "left out where jwks_url is set");
  }
  if (keys.jwks_url !== null) {
    // an issuer signs for others, too
    for (const key of ["issuer", "audience"] as const) {
      if (keys[key] === null) refuse(key, "set where jwks_url is set");
    }
  }
  if (mode === "jwt") return;
  for (const key of ["jwks_file", "jwks_url", "issuer", "audience", "operator_role"] as const) {
    if (keys[key] === null) continue;
    refuse(key, "left out where mode is dev");
  }
});

/** Keys come over TLS, or from this machine. */
function isKeysUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === "https:" ||
    (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}

const rateLimit = z.strictObject({ requests: integer.default(600), seconds: integer.default(60) });

/** The section `api` of `backtest.yaml`; it holds no secret. */
export const apiConfigSchema = z.strictObject({
  host: text.default("127.0.0.1"),
  port: port.default(8000),
  auth: auth.prefault({}),
  rate_limit: rateLimit.prefault({}),
  connections_max: integer.default(10_000),
  header_bytes_max: integer.default(16_384),
  header_seconds_max: positive.default(10),
  body_bytes_max: integer.default(1024 ** 2),
  body_seconds_max: positive.default(10),
  request_seconds_max: positive.default(30),
  sync_runs_max: integer.default(2),
});
