import assert from "node:assert/strict";
import { apiWorld } from "../../../tests/helpers/api_world.ts";

const tooLong = JSON.stringify({ name: "x".repeat(1_048_576) });

Deno.test("createApp() answers 413 to a body above the limit, but 401 first", async () => {
  const { send } = apiWorld();
  const headers = { "content-type": "application/json" };
  const { status, json } = await send("POST", "/strategies", { body: tooLong, headers });
  assert.equal(status, 413);
  assert.equal(json.error.code, "payload_too_large");
  assert.equal((await send("POST", "/strategies", { body: tooLong, headers, user: null })).status, 401);
});

Deno.test("createApp() sends the security headers with every answer", async () => {
  const { send } = apiWorld();
  for (const path of ["/strategies", "/nowhere"]) {
    const { headers } = await send("GET", path);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(headers.get("content-security-policy")!, /frame-ancestors 'none'/);
  }
});
