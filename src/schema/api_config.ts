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
  issuer: text.nullable().default(null),
  audience: text.nullable().default(null),
}).superRefine(({ mode, ...keys }, context) => {
  if (mode === "jwt") return;
  for (const key of ["jwks_file", "issuer", "audience"] as const) {
    if (keys[key] === null) continue;
    context.addIssue({
      code: "custom",
      path: [key],
      message: "left out where mode is dev",
      input: keys[key],
    });
  }
});

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
