import autocannon from "autocannon";
import process from "node:process";
import { quantile } from "../queue/queue_timing.ts";
import type { Load, LoadTarget } from "./load.ts";

// The load itself, in a process of its own, so that its processor time is not the API's: load_process.ts TARGET.
// Prints one JSON object.

const { url, token, bodyStart, seconds, connections }: LoadTarget = JSON.parse(process.argv[2]!);
const latencyMs: number[] = [];
const running = autocannon({
  url,
  connections,
  duration: seconds,
  headers: { authorization: `Bearer ${token}` },
  verifyBody: (body: string) => body.startsWith(bodyStart),
});
// autocannon itself counts in whole milliseconds
running.on("response", (_client: unknown, _status: number, _bytes: number, ms: number) => latencyMs.push(ms));
const { "2xx": succeeded, non2xx, errors, timeouts, mismatches, duration } = await running;
const { user, system } = process.cpuUsage();
const load: Load = {
  requests: succeeded,
  failed: non2xx + errors + timeouts + mismatches,
  seconds: duration,
  p50Ms: quantile(latencyMs, 0.5),
  p99Ms: quantile(latencyMs, 0.99),
  loadCpuMs: (user + system) / 1000,
};
console.log(JSON.stringify(load));
