import assert from "node:assert/strict";
import { BacktestError } from "../errors/mod.ts";
import { decodeJobCursor, encodeJobCursor } from "./job_cursor.ts";

const known = {
  cursor: { createdAtMs: Date.UTC(2026, 0, 1, 0, 0, 2), jobId: "00000000-0000-4000-8000-0000000000a2" },
  text: "eyJjcmVhdGVkX2F0IjoiMjAyNi0wMS0wMVQwMDowMDowMi4wMDBaIiwiam9iX2lkIjoi" +
    "MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMGEyIn0",
};

Deno.test("S001-28 encodeJobCursor() is base64url of canonical JSON without padding", () => {
  assert.equal(encodeJobCursor(known.cursor), known.text);
  assert.match(known.text, /^[A-Za-z0-9_-]+$/);
});

Deno.test("decodeJobCursor() accepts padding and both ways to write UTC", () => {
  assert.deepEqual(decodeJobCursor(known.text), known.cursor);
  assert.deepEqual(decodeJobCursor(`${known.text}==`), known.cursor);
  const offset = btoa(`{"created_at":"2026-01-01T00:00:02+00:00","job_id":"${known.cursor.jobId}"}`);
  assert.deepEqual(decodeJobCursor(offset), known.cursor);
});

Deno.test("decodeJobCursor() refuses everything else with one error", () => {
  const texts = [
    "",
    "%%%",
    btoa("7"),
    btoa("null"),
    btoa("[]"),
    btoa('{"created_at":"2026-01-01T00:00:02","job_id":"00000000-0000-4000-8000-0000000000a2"}'),
    btoa('{"created_at":"2026-01-01T00:00:02+01:00","job_id":"00000000-0000-4000-8000-0000000000a2"}'),
    btoa('{"created_at":"2026-13-01T00:00:02Z","job_id":"00000000-0000-4000-8000-0000000000a2"}'),
    btoa('{"created_at":"2026-01-01T00:00:02Z","job_id":"seven"}'),
    known.text.slice(0, -3),
    // one byte for ÿ, which no UTF-8 has
    btoa(`{"created_at":"2026-01-01T00:00:02Z","job_id":"${known.cursor.jobId}","more":"ÿ"}`)
      .replaceAll("+", "-").replaceAll("/", "_"),
  ];
  for (const text of texts) {
    assert.throws(() => decodeJobCursor(text), (error) => {
      assert.ok(error instanceof BacktestError);
      assert.deepEqual(error.details.errors, [
        { path: "query.cursor", code: "invalid_cursor", message: "cursor must be base64url(json)" },
      ]);
      return true;
    }, text);
  }
});
