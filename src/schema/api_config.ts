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
  /** `dev`: everyone is one local user, on loopback only. */
  mode: z.literal(["dev", "jwt"], "dev or jwt").default("dev"),
  cookie_name: z.string("a cookie name").regex(/^[\w.-]+$/, "a cookie name").default("session"),
  /** Public keys; null: tokens are signed with the secret of the environment. */
  jwks_file: text.nullable().default(null),
  /** Where public keys are fetched; null: nowhere. */
  jwks_url: text.refine(isKeysUrl, "an https URL").nullable().default(null),
  /** What `iss` and `aud` must be; null: they are not looked at. */
  issuer: text.nullable().default(null),
  audience: text.nullable().default(null),
  /** The claim with the caller's roles, a text or a list of texts. */
  roles_claim: text.default("roles"),
  /** The role that may list, read and cancel everybody's jobs; null for none. */
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

const rateLimit = (requests: number) =>
  z.strictObject({ requests: integer.default(requests), seconds: integer.default(60) });

const uploads = z.strictObject({
  bytes_max: integer.default(64 * 1024 ** 2),
  seconds_max: positive.default(120),
  user_bytes_max: integer.default(1024 ** 3),
  rate_limit: rateLimit(30).prefault({}),
});

/** The section `api` of `backtest.yaml`; it holds no secret. */
export const apiConfigSchema = z.strictObject({
  host: text.default("127.0.0.1"),
  /** 0 for any free one. */
  port: port.default(8000),
  auth: auth.prefault({}),
  /** Per user: so many requests in each window. */
  rate_limit: rateLimit(600).prefault({}),
  /** Open connections, idle ones included; more are closed at once. */
  connections_max: integer.default(10_000),
  /** Longest request line with all headers. */
  header_bytes_max: integer.default(16_384),
  /** How long a client may take to send them, from the moment it connects. */
  header_seconds_max: positive.default(10),
  body_bytes_max: integer.default(1024 ** 2),
  /** How long a client may take to send a body. */
  body_seconds_max: positive.default(10),
  /** How long an answer may take; synchronous runs have their own deadline. */
  request_seconds_max: positive.default(30),
  /** Synchronous runs at the same time, all users together. */
  sync_runs_max: integer.default(2),
  uploads: uploads.prefault({}),
});

/** The HTTP API: where it listens, who may call it and how much. */
export type ApiConfig = z.output<typeof apiConfigSchema>;
