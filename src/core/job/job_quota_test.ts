import assert from "node:assert/strict";
import { quotaExceeded } from "./job_quota.ts";

Deno.test("quotaExceeded() names the quota and how much of it is used", () => {
  const error = quotaExceeded(3, 3);
  assert.equal(error.code, "validation_error");
  assert.equal(error.message, "Active backtest jobs quota exceeded (max=3)");
  assert.deepEqual(error.details, {
    errors: [{ path: "body", code: "quota_exceeded", message: "active jobs limit reached (3/3)" }],
  });
});
