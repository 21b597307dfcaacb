import assert from "node:assert/strict";
import { isSecretName, redactSecrets } from "./redact.ts";

Deno.test("S000-37 redactSecrets() hides the password of a URL and keeps the rest", () => {
  for (
    const [text, hidden] of [
      ["postgres://ann:s3cret@db:5432/x", "postgres://ann:***@db:5432/x"],
      [
        "cannot reach postgresql://ann:p%40ss@db/x, retrying",
        "cannot reach postgresql://ann:***@db/x, retrying",
      ],
      ["postgres://ann:p@s:s/w0rd@db/x", "postgres://ann:***@db/x"],
      ["http://default:pw@click:8123", "http://default:***@click:8123"],
      [
        "postgres://db/x?user=ann&password=pw&sslmode=off",
        "postgres://db/x?user=ann&password=***&sslmode=off",
      ],
      ["Bearer abc.def-ghi_j/k+l== was refused", "Bearer *** was refused"],
      ["host=db password='p w' user=ann", "host=db password=*** user=ann"],
      ['{"a":"postgres://a:b@h/x","c":"d@e"}', '{"a":"postgres://a:***@h/x","c":"d@e"}'],
    ]
  ) assert.equal(redactSecrets(text), hidden);
});

Deno.test("redactSecrets() leaves a text without a password alone", () => {
  for (
    const text of [
      "postgres://ann@db:5432/x",
      "postgres://db:5432/x",
      "mail ann@example.org at 10:30",
      'Unexpected token "=" in the password field',
      '{"tokens": 3, "cookie_name": "session"}',
      "",
    ]
  ) {
    assert.equal(redactSecrets(text), text);
  }
});

Deno.test("isSecretName() knows secrets by their last word", () => {
  for (const name of ["password", "CH_PASSWORD", "clientSecret", "access_token", "Set-Cookie", "x-api-key"]) {
    assert.ok(isSecretName(name), name);
  }
  for (const name of ["cookie_name", "passwords_tried", "job_id", "key", "tokens"]) {
    assert.ok(!isSecretName(name), name);
  }
});
