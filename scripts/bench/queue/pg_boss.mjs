// pg-boss with the same work as our queue: node pg_boss.mjs DSN WAKEUPS JOBS LOOPS OTHER_WAYS
// Runs beside the package, which is not a dependency of this project.
import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(import.meta.url);
const { PgBoss } = require("pg-boss");
const { version } = require("pg-boss/package.json");
const [dsn, ...counts] = process.argv.slice(2);
const [wakeups, jobs, loops, otherWays] = counts.map(Number);
const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const boss = new PgBoss({ connectionString: dsn, max: loops + 1, useListenNotify: true });
boss.on("error", (error) => console.error(error.message));
await boss.start();
await boss.createQueue("wakeups", { notify: true });
await boss.createQueue("jobs");

async function timeWakeups() {
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
  return wakeupMs.slice(1);
}

async function send(count) {
  const waiting = Array(count).values();
  await Promise.all(Array.from({ length: loops }, async () => {
    for (const _ of waiting) await boss.send("jobs", {});
  }));
}

/** As fast as its calls allow; complete() is given what it takes to be fenced. */
async function timeJobs(batchSize, fenced) {
  await send(jobs);
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: loops }, async () => {
    for (;;) {
      const found = await boss.fetch("jobs", { batchSize });
      if (found.length === 0) return;
      await boss.complete("jobs", fenced ? found : found.map(({ id }) => id));
    }
  }));
  return jobs / ((performance.now() - startedMs) / 1000);
}

/** As its handbook runs it: a handler, and the polling it comes with. */
async function timeWorkers(seconds) {
  await send(1000);
  let done = 0;
  const startedMs = performance.now();
  const worker = await boss.work("jobs", { localConcurrency: loops }, () => void done++);
  await delay(seconds * 1000);
  const jobsPerSecond = done / ((performance.now() - startedMs) / 1000);
  await boss.offWork("jobs", { id: worker });
  return jobsPerSecond;
}

const wakeupMs = await timeWakeups();
const jobsPerSecond = await timeJobs(1, true);
const otherJobsPerSecond = otherWays
  ? {
    without_fence: await timeJobs(1, false),
    in_batches_of_100: await timeJobs(100, true),
    by_its_polling_workers: await timeWorkers(5),
  }
  : {};
console.log(JSON.stringify({
  versions: `pg-boss ${version} on Node ${process.versions.node}`,
  wakeupMs,
  jobsPerSecond,
  otherJobsPerSecond,
}));
process.exit(0);
