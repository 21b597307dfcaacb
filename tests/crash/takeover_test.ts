import assert from "node:assert/strict";
import { openDatabase } from "../../src/adapters/postgres/open_database.ts";
import { openLanes } from "./lane.ts";
import { takeoverLimitSeconds, timeTakeover } from "./takeover.ts";

Deno.test("S001-16 the job of a killed worker runs elsewhere within its lease and a second", async () => {
  await using server = await openDatabase("embedded:temporary", { onNotice: assert.fail });
  const [lane] = await openLanes(server.dsn, 1);
  await using _lane = lane!;
  for (let trial = 0; trial < 2; trial++) {
    const seconds = await timeTakeover(lane!);
    assert.ok(seconds > 0 && seconds <= takeoverLimitSeconds, `${seconds} s`);
  }
});
