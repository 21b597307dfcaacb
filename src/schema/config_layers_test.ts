import assert from "node:assert/strict";
import { laidOver } from "./config_layers.ts";

const base = {
  version: 1,
  backtest: { cpu: { max_threads: 4 }, jobs: { lease_seconds: 60, snapshot_seconds: 30 } },
  markets: { 1: { calendar: "continuous" }, 2: { calendar: "continuous" } },
  api: { host: "127.0.0.1", auth: { cookie_name: "session" } },
};

Deno.test("laidOver() keeps what a file leaves out, section by section, but not the version", () => {
  const { version: _, ...settings } = base;
  assert.deepEqual(laidOver(base, {}), settings);
  assert.deepEqual(laidOver(base, { version: 1, api: { auth: { mode: "jwt" } } }), {
    ...base,
    api: { host: "127.0.0.1", auth: { cookie_name: "session", mode: "jwt" } },
  });
});

Deno.test("laidOver() takes a complete file as it is", () => {
  const complete = {
    version: 1,
    backtest: { cpu: { max_threads: 1 }, jobs: { lease_seconds: 9, snapshot_seconds: 2 } },
    markets: {},
    api: { host: "::1", auth: { cookie_name: "a" } },
  };
  assert.deepEqual(laidOver(base, complete), complete);
});

Deno.test("laidOver() takes tables by id, null and what is no mapping whole", () => {
  const file = {
    version: 1,
    backtest: { cpu: { max_numba_threads: 2 }, jobs: { snapshot_seconds: null } },
    markets: { 7: { calendar: "sessions" } },
    api: "none",
  };
  assert.deepEqual(laidOver(base, file), {
    ...file,
    backtest: { ...file.backtest, jobs: { lease_seconds: 60, snapshot_seconds: null } },
  });
  for (const other of [null, [1], "text"]) assert.equal(laidOver(base, other), other);
});
