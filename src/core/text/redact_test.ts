import assert from "node:assert/strict";
import fc from "fast-check";
import { isSecretName, redactSecrets, scrub, scrubValue } from "./redact.ts";

const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_x";
const pem = (body: string) => `-----BEGIN EC PRIVATE KEY-----${body}-----END EC PRIVATE KEY-----`;

/** Texts that hold `SECRET`, and what is to be left of each. */
const secrets: readonly (readonly [text: string, shown: string])[] = [
  ["postgres://ann:SECRET@db:5432/x", "postgres://ann:***@db:5432/x"],
  [
    "cannot reach postgresql://ann:p%40SECRET@db/x, retrying",
    "cannot reach postgresql://ann:***@db/x, retrying",
  ],
  ["postgres://ann:p@SECRET:s/w0rd@db/x", "postgres://ann:***@db/x"],
  ["http://default:SECRET@click:8123", "http://default:***@click:8123"],
  ["https://SECRET@example.org/x.git", "https://***@example.org/x.git"],
  ["a://b c://d:SECRET@e", "a://b c://d:***@e"],
  [
    "postgres://db/x?user=ann&password=SECRET&sslmode=off",
    "postgres://db/x?user=ann&password=***&sslmode=off",
  ],
  ["GET /x?access_token=SECRET HTTP/1.1", "GET /x?access_token=*** HTTP/1.1"],
  ["password=SECRET", "password=***"],
  ["password = SECRET", "password = ***"],
  ["PGPASSWORD: SECRET", "PGPASSWORD: ***"],
  ["host=db password='SECRET w' user=ann", "host=db password='***' user=ann"],
  ["Bearer SECRET.def-ghi_j/k+l== was refused", "Bearer *** was refused"],
  ["Authorization: Basic SECRET==", "Authorization: Basic ***"],
  ["Authorization: Digest SECRET", "Authorization: ***"],
  ["AUTHORIZATION: Digest SECRET", "AUTHORIZATION: ***"],
  ["Cookie: a=SECRET; b=SECRET\nHost: x", "Cookie: ***\nHost: x"],
  ["authorization=Basic SECRET and more", "authorization=Basic *** and more"],
  ["token: basic SECRET, more", "token: basic *** more"],
  ["authorization=Bearer SECRET and more", "authorization=Bearer *** and more"],
  [`session ${token} was refused`, "session *** was refused"],
  ['{"a":"postgres://a:SECRET@h/x","c":"d@e"}', '{"a":"postgres://a:***@h/x","c":"d@e"}'],
  ['{"api_key":"SECRET","b":1}', '{"api_key":"***","b":1}'],
  ['{"private-key" : "SE\\"CRET", "b": 1}', '{"private-key" : "***", "b": 1}'],
  ['{"pin_secret":1234,"b":1}', '{"pin_secret":***,"b":1}'],
  ['{"token":{"a":["SECRET","}"]},"b":1}', '{"token":***,"b":1}'],
  ['{"text":"{\\"password\\":\\"SECRET\\"}","b":1}', '{"text":"{\\"password\\":\\"***\\"}","b":1}'],
  ['{"password":"SECRET and then cut of', '{"password":"***'],
  [pem("\nSECRET\n"), pem("***")],
  // percent-encoded, once and twice
  [
    "GET /login?to=postgres%3A%2F%2Fann%3ASECRET%40db%2Fx",
    "GET /login?to=postgres%3A%2F%2Fann%3A***%40db%2Fx",
  ],
  ["postgres%253A%252F%252Fann%253ASECRET%2540db", "postgres%253A%252F%252Fann%253A***%2540db"],
  ["https%3A%2F%2FSECRET%40example.org", "https%3A%2F%2F***%40example.org"],
  ["password%3DSECRET%26sslmode%3Doff", "password%3D***%26sslmode%3Doff"],
  ["password%253DSECRET&x=1", "password%253D***&x=1"],
  ["%7B%22password%22%3A%22SE%5C%22CRET%22%2C%22b%22%3A1", "%7B%22password%22%3A%22***%22%2C%22b%22%3A1"],
  ["authorization=Bearer%20SECRET", "authorization=***"],
  ["x=Bearer%20SECRET&y=1", "x=Bearer%20***&y=1"],
  // escaped by writers of JSON
  ["postgres:\\/\\/ann:SECRET@db\\/x", "postgres:\\/\\/ann:***@db\\/x"],
  ["password\\u003dSECRET", "password\\u003d***"],
  // passwords that make a URL malformed
  ["Invalid URL: 'postgres://ann:p\"w 'SECRET@db/x'", "Invalid URL: 'postgres://ann:***@db/x'"],
  ["https://SECRET:@example.org", "https://***:@example.org"],
  // other signs and gaps
  ["password := SECRET", "password := ***"],
  ['password => "SECRET"', 'password => "***"'],
  ["password:\n  SECRET", "password:\n  ***"],
  ["password\t=            SECRET", "password\t=            ***"],
  ["bearer: SECRET", "bearer: ***"],
  // other names
  ["pass=SECRET", "pass=***"],
  ["dbPass: SECRET", "dbPass: ***"],
  ["password2=SECRET", "password2=***"],
  ["X-Amz-Signature=SECRET&a=1", "X-Amz-Signature=***&a=1"],
  ["session_id=SECRET", "session_id=***"],
  // without a sign
  ["ALTER ROLE ann PASSWORD 'SECRET' LOGIN", "ALTER ROLE ann PASSWORD '***' LOGIN"],
  ["CREATE USER ann IDENTIFIED BY 'SECRET'", "CREATE USER ann IDENTIFIED BY '***'"],
  ["psql --password SECRET --db x", "psql --password *** --db x"],
  ["<password>SECRET</password>", "<password>***</password>"],
  ['[["x-api-key", "SECRET"], ["b", "c"]]', '[["x-api-key", "***"], ["b", "c"]]'],
];

Deno.test("S000-37 redactSecrets() hides secrets wherever they stand, and keeps the rest", () => {
  for (const [text, shown] of secrets) {
    assert.equal(redactSecrets(text), shown);
    assert.doesNotMatch(scrub(text), /SECRET/);
  }
});

Deno.test("scrubValue() hides what a member named like a secret holds, whatever its form", () => {
  assert.deepEqual(
    scrubValue({
      password: ["a"],
      token: { a: "b" },
      pin_secret: 7,
      api_key: null,
      a: [{ pwd: "b" }],
      b: "pass=c",
    }),
    { password: "***", token: "***", pin_secret: "***", api_key: null, a: [{ pwd: "***" }], b: "pass=***" },
  );
});

Deno.test("redactSecrets() leaves a text without a secret alone", () => {
  for (
    const text of [
      "postgres://ann@db:5432/x",
      "postgres://db:5432/x",
      "https://example.org/@ann",
      'one of ["name", "password", "limit"]',
      "one of (name, 'password', 'limit')",
      "https://@example.org/x",
      "to=https%3A%2F%2F%40example.org",
      "to=https%3A%2F%2Fexample.org%2F%40ann",
      "mail ann@example.org at 10:30",
      'Unexpected token "=" in the password field',
      "Authentication is required: send a session cookie or a bearer token",
      '{"tokens": 3, "cookie_name": "session"}',
      "-----BEGIN PUBLIC KEY-----abc-----END PUBLIC KEY-----",
      "eyJ, or journey.here",
      'password authentication failed for user "ann"',
      'unexpected token "}" at 3, --no-token-check x',
      "config=1, bypass=2, design: 3, compass: n",
      "see http://db:8123/ and write to ann@example.org",
      '("a", "password", "b")',
      "",
    ]
  ) assert.equal(redactSecrets(text), text);
});

Deno.test("redactSecrets() finds a secret whatever stands before and behind it, and has nothing to do twice", () => {
  const calm = fc.string({ unit: fc.constantFrom(..."ab 1,;\n{}[]()<>é/") });
  fc.assert(fc.property(fc.constantFrom(...secrets), calm, calm, ([text], before, behind) => {
    const redacted = redactSecrets(`${before} ${text}\n${behind}`);
    assert.doesNotMatch(redacted, /SECRET/);
    assert.equal(redactSecrets(redacted), redacted);
  }));
});

Deno.test("S000-36 scrub() removes DSNs, paths and secrets, and keeps the rest", () => {
  for (
    const [text, shown] of [
      ["connect postgres://bob:hunter2@db:5432/x failed", "connect postgres://*** failed"],
      ["connect postgres://db/x failed", "connect postgres://*** failed"],
      ["connect http://bob@click:8123/?q=1 failed", "connect http://*** failed"],
      ["password=hunter2", "password=***"],
      ["at file:///srv/app/src/main.ts:3:1", "at <path>"],
      ['No such file "/srv/app/data/x.csv"', 'No such file "<path>"'],
      ["momentum.rsi: 3/4 of 1/2", "momentum.rsi: 3/4 of 1/2"],
      ["see https://example.org/docs", "see https://example.org/docs"],
    ] as const
  ) assert.equal(scrub(text), shown);
});

Deno.test("isSecretName() knows secrets by their last word", () => {
  for (const name of ["password", "CH_PASSWORD", "clientSecret", "access_token", "Set-Cookie", "x-api-key"]) {
    assert.ok(isSecretName(name), name);
  }
  for (const name of ["cookie_name", "passwords_tried", "job_id", "key", "tokens"]) {
    assert.ok(!isSecretName(name), name);
  }
});

/** Every word that names a secret, and words of two parts in each way they are joined. */
const secretNames = [
  ...("password passwords passwd passwort passphrase pwd secret secrets token bearer authorization cookie signature " +
    "credential credentials").split(" "),
  ...["api key", "access key", "private key", "secret key", "signing key", "session id"].flatMap((words) =>
    ["", ".", "_", "-"].map((joint) => words.replace(" ", joint))
  ),
];

Deno.test("redactSecrets() knows every word for a secret, in any case, behind any beginning, before any ending and sign", () => {
  const beginnings = ["", "Z9_", "a0.", "X-", "az.AZ-09_"];
  const endings = ["", "0", "9", "_2024", "-19", ".hash", "value"];
  const signs = [["=", " b=1"], [" = ", " b=1"], ["='", "' b=1"], ['="', '" b=1'], [":", "\nb"]] as const;
  const hides = (name: string) => {
    assert.ok(isSecretName(name), name);
    for (const [before, behind] of signs) {
      assert.equal(redactSecrets(`a ${name}${before}SECRET${behind}`), `a ${name}${before}***${behind}`);
    }
    assert.equal(redactSecrets(`{"${name}":"SECRET","b":1}`), `{"${name}":"***","b":1}`);
  };
  for (const word of secretNames) {
    for (const beginning of beginnings) {
      for (const ending of endings) {
        hides(beginning + word + ending);
        hides(beginning + word.toUpperCase() + ending);
      }
    }
  }
  for (const word of ["pass", "pw", "jwt", "sig"]) {
    for (const beginning of ["", "a_", "Z9.", "0"]) hides(beginning + word);
    hides(`user${word[0]!.toUpperCase()}${word.slice(1)}`);
    assert.ok(!isSecretName(`by${word}`) && !isSecretName(`${word}a`), word);
  }
});

Deno.test("redactSecrets() bridges up to 64 spaces on either side of a sign", () => {
  const spaces = (count: number) => " ".repeat(count);
  const counts = [0, 1, 2, 63, 64];
  for (const before of counts) {
    for (const behind of counts) {
      const assigned = `password${spaces(before)}=${spaces(behind)}`;
      assert.equal(redactSecrets(`${assigned}SECRET b`), `${assigned}*** b`);
      const member = `"password"${spaces(before)}:${spaces(behind)}`;
      assert.equal(redactSecrets(`{${member}"SECRET", "b": 1}`), `{${member}"***", "b": 1}`);
    }
  }
});

const anyName = fc.constantFrom("password", "api_key", "x-Token");
/** What quotes, brackets and signs a value may hold; one that ends in a backslash may have more hidden than itself. */
const anyValue = fc.string({ unit: fc.constantFrom(...`ab "'{}[],:=\\`), maxLength: 12 })
  .filter((value) => value !== "" && !value.endsWith("\\"));

Deno.test("redactSecrets() hides a member of JSON, and of JSON in a text of JSON, and nothing beside it", () => {
  fc.assert(fc.property(anyName, anyValue, fc.constantFrom(1, null, "x"), (name, value, kept) => {
    const json = (of: string) => JSON.stringify({ a: kept, [name]: of, b: kept });
    assert.equal(redactSecrets(json(value)), json("***"));
    assert.equal(
      redactSecrets(JSON.stringify({ text: json(value), c: 1 })),
      JSON.stringify({ text: json("***"), c: 1 }),
    );
  }));
});

Deno.test("redactSecrets() hides an object or a list that a secret's member holds up to its last bracket", () => {
  const anyHeld = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.string({ unit: fc.constantFrom(...'ab"{}[],\\'), maxLength: 6 }),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("a", "}", "token"), tie("value"), { maxKeys: 2 }),
    ),
  })).value.filter((value) => typeof value === "object");
  fc.assert(fc.property(anyName, anyHeld, (name, value) => {
    const text = JSON.stringify({ [name]: value, b: [1] });
    assert.equal(redactSecrets(text), `{"${name}":***,"b":[1]}`);
  }));
});

Deno.test("redactSecrets() finds the user and the password of any URL, up to its last @", () => {
  const part = fc.string({ unit: fc.constantFrom(..."ab1.-_%é"), minLength: 1, maxLength: 6 });
  const password = fc.string({ unit: fc.constantFrom(..."ab@:/%é?"), minLength: 1, maxLength: 8 });
  const scheme = fc.constantFrom("postgres", "postgresql", "http", "https", "HTTP", "amqp");
  fc.assert(fc.property(scheme, part, password, part, (name, user, hiddenPart, host) => {
    const url = `${name}://${user}:${hiddenPart}@${host}/x`;
    assert.equal(redactSecrets(`at ${url} and`), `at ${name}://${user}:***@${host}/x and`);
    assert.equal(scrub(`at ${url} and`), `at ${name}://*** and`);
    const alone = `${name}://${user}@${host}/x`;
    const shown = /^http/i.test(name) ? `${name}://***@${host}/x` : alone;
    assert.equal(redactSecrets(`at ${alone} and`), `at ${shown} and`);
    const isShown = !name.startsWith("postgres");
    assert.equal(
      scrub(`at ${name}://${host}/x and`),
      isShown ? `at ${name}://${host}/x and` : `at ${name}://*** and`,
    );
  }));
});

Deno.test("redactSecrets() finds them in URLs that are encoded once or more often, and behind escaped slashes", () => {
  const part = fc.string({ unit: fc.constantFrom(..."ab1.-_é"), minLength: 1, maxLength: 6 });
  const password = fc.string({ unit: fc.constantFrom(..."ab@:/é?"), minLength: 1, maxLength: 8 });
  const scheme = fc.constantFrom("postgres", "http", "https");
  const encode = (times: number) => (text: string) => {
    for (let i = 0; i < times; i++) text = encodeURIComponent(text);
    return text;
  };
  const ways: readonly ((text: string) => string)[] = [
    encode(1),
    encode(2),
    encode(3),
    (text) => text.replace("://", ":\\/\\/"),
  ];
  fc.assert(
    fc.property(scheme, part, password, part, fc.constantFrom(...ways), (name, user, secret, host, way) => {
      const [before, behind] = [way(`${name}://${user}:`), way(`@${host}/x`)];
      assert.equal(redactSecrets(`at ${before}${way(secret)}${behind} and`), `at ${before}***${behind} and`);
      const alone = `at ${way(`${name}://`)}${user.replaceAll("é", "e")}${behind} and`;
      const shown = name === "postgres" ? alone : `at ${way(`${name}://`)}***${behind} and`;
      assert.equal(redactSecrets(alone), shown);
    }),
  );
});

/** Everything the walk looks at, alone and together, so that any sign can follow any other. */
const parts = [
  "://",
  "a://",
  "a://b:",
  "@",
  "=",
  ":",
  "password",
  "password=",
  "password:",
  '"password":"',
  "password='",
  "\\",
  '\\"',
  '"',
  "'",
  " ",
  "bearer ",
  "bearer",
  "eyJ",
  "eyJ.",
  "a",
  ".",
  "-",
  "/",
  "/a",
  "{",
  '"token":{',
  '"token":[{"',
  "-----BEGIN ",
  "-----BEGIN PRIVATE KEY-----",
  "cookie: ",
  "file:///",
  "\n",
  "(",
  "\t",
  "%3D",
  "%22",
  "%25",
  "%3A%2F%2F",
  ":\\/\\/",
  "\\u003d",
  "postgres://a:b ",
  "password ",
  "--token ",
  "<password>",
  '["password",',
]; // deno-fmt-ignore

Deno.test("redactSecrets() and scrub() need time in proportion to the length, whatever is repeated", () => {
  for (const first of parts) {
    for (const second of parts) {
      const text = (first + second).repeat(Math.ceil(15_000 / (first + second).length));
      const startedMs = performance.now();
      scrub(text);
      redactSecrets(`${first}${text}`);
      const took = performance.now() - startedMs;
      assert.ok(took < 500, `${JSON.stringify(first + second)} took ${took} ms`);
    }
  }
});
