// pg-boss with the same work as our queue: node pg_boss.mjs DSN WAKEUPS JOBS LOOPS
// Runs beside the package, which is not a dependency of this project.
import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(import.meta.url);
const { PgBoss } = require("pg-boss");
const { version } = require("pg-boss/package.json");
const [dsn, ...counts] = process.argv.slice(2);
const [wakeups, jobs, loops] = counts.map(Number);
const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const boss = new PgBoss({ connectionString: dsn, max: loops + 1, useListenNotify: true });
boss.on("error", (error) => console.error(error.message));
await boss.start();
await boss.createQueue("wakeups", { notify: true });
await boss.createQueue("jobs");

const wakeupMs = [];
let sentMs = 0;
const settings = { pollingIntervalSeconds: 1, batchSize: 1 };
const worker = await boss.work("wakeups", settings, () => void wakeupMs.push(performance.now() - sentMs));
await delay(500);
for (let i = 0; i <= wakeups; i++) {
  await delay(30);
  sentMs = performance.now();
  await boss.send("wakeups", {});
  while (wakeupMs.length <= i) await delay(1);
}
await boss.offWork("wakeups", { id: worker });

for (let i = 0; i < jobs; i++) await boss.send("jobs", {});
const startedMs = performance.now();
await Promise.all(Array.from({ length: loops }, async () => {
  for (;;) {
    const [job] = await boss.fetch("jobs");
    if (!job) return;
    await boss.complete("jobs", job.id);
  }
}));
const seconds = (performance.now() - startedMs) / 1000;
console.log(JSON.stringify({
  versions: `pg-boss ${version} on Node ${process.versions.node}`,
  wakeupMs: wakeupMs.slice(1),
  jobsPerSecond: jobs / seconds,
}));
process.exit(0);
