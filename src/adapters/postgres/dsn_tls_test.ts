import assert from "node:assert/strict";
import { dsnWithCertificates, tlsFiles } from "./dsn_tls.ts";

const pem = (name: string) => `-----BEGIN ${name}-----\n`;
const files: Readonly<Record<string, string>> = {
  "/ca.pem": pem("ca"),
  "/c.pem": pem("c"),
  "/k.pem": pem("k"),
  "/x": "no",
};
const of = (query: string) =>
  dsnWithCertificates(`postgres://u:secret@db:5432/x?${query}`, (path) => {
    if (!(path in files)) throw new Deno.errors.NotFound(path);
    return files[path]!;
  });
const plain = "postgres://u:secret@db:5432/x";

Deno.test("a DSN without files goes to the driver as it is", () => {
  for (const query of ["", "sslmode=verify-full", "sslmode=disable"]) {
    assert.deepEqual(of(query), { dsn: `${plain}?${query}`, certificates: {} });
  }
  assert.deepEqual(dsnWithCertificates("embedded:x", () => ""), { dsn: "embedded:x", certificates: {} });
  assert.deepEqual(tlsFiles("no url"), []);
});

Deno.test("sslrootcert is what the server is verified against, sslcert and sslkey are shown to it", () => {
  for (const mode of ["require", "verify-ca", "verify-full"]) {
    assert.deepEqual(of(`sslmode=${mode}&sslrootcert=/ca.pem`), {
      dsn: `${plain}?sslmode=verify-full`,
      certificates: { ca: pem("ca") },
    });
  }
  assert.deepEqual(of("sslmode=require&sslcert=/c.pem&sslkey=/k.pem"), {
    dsn: `${plain}?sslmode=require`,
    certificates: { cert: pem("c"), key: pem("k") },
  });
  assert.deepEqual(of("sslrootcert=system"), { dsn: `${plain}?sslmode=verify-full`, certificates: {} });
  assert.deepEqual(tlsFiles(`${plain}?sslrootcert=/ca.pem&sslkey=/k.pem&sslmode=require`), [
    "/ca.pem",
    "/k.pem",
  ]);
});

Deno.test("files that would not be used, or cannot be, are refused in one line without the password", () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ["sslrootcert=/ca.pem", /need sslmode to be require, verify-ca, verify-full; it is absent$/],
    ["sslmode=prefer&sslrootcert=/ca.pem", /it is prefer$/],
    ["sslmode=require&sslrootcert=/none.pem", /sslrootcert "\/none.pem" does not exist$/],
    ["sslmode=require&sslrootcert=/x", /sslrootcert "\/x" is no PEM file$/],
    ["sslmode=require&sslcert=/c.pem", /sslcert and sslkey go together$/],
  ];
  for (const [query, message] of refusals) {
    assert.throws(() => of(query), (error: Error) => {
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /secret|\n/);
      return true;
    });
  }
});
