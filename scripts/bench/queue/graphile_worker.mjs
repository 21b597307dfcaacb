// graphile-worker with the same work as our queue: node graphile_worker.mjs DSN WAKEUPS JOBS LOOPS OTHER_WAYS
// Runs beside the packages, which are not dependencies of this project.
import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(import.meta.url);
const { Logger, makeWorkerUtils, run } = require("graphile-worker");
const { version } = require("graphile-worker/package.json");
const [dsn, ...counts] = process.argv.slice(2);
const [wakeups, jobs, loops, otherWays] = counts.map(Number);
const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const logger = new Logger(() => () => {});
const utils = await makeWorkerUtils({ connectionString: dsn, logger });
await utils.migrate();

let handled = () => {};
const settings = {
  connectionString: dsn,
  maxPoolSize: loops + 1,
  concurrency: loops,
  pollInterval: 1000,
  noHandleSignals: true,
  logger,
  taskList: { nothing: () => handled() },
};

async function timeWakeups() {
  const wakeupMs = [];
  let sentMs = 0;
  handled = () => void wakeupMs.push(performance.now() - sentMs);
  const listening = await run({ ...settings, concurrency: 1 });
  await delay(500);
  for (let i = 0; i <= wakeups; i++) {
    await delay(30);
    sentMs = performance.now();
    await utils.addJob("nothing", {});
    while (wakeupMs.length <= i) await delay(1);
  }
  await listening.stop();
  return wakeupMs.slice(1);
}

/** From the first job, so that starting up does not count, to the last one's being marked as done. */
async function timeJobs(more) {
  const waiting = Array(jobs).values();
  await Promise.all(Array.from({ length: loops }, async () => {
    for (const _ of waiting) await utils.addJob("nothing", {});
  }));
  let done = 0;
  let startedMs = 0;
  handled = () => {
    startedMs ||= performance.now();
    done++;
  };
  const draining = await run({ ...settings, ...more });
  while (done < jobs) await delay(1);
  // a stop waits for the last jobs to be marked as done
  await draining.stop();
  return jobs / ((performance.now() - startedMs) / 1000);
}

const wakeupMs = await timeWakeups();
const jobsPerSecond = await timeJobs({});
const batches = { preset: { worker: { localQueue: { size: 100 }, completeJobBatchDelay: 0 } } };
const otherJobsPerSecond = otherWays ? { in_batches_of_100: await timeJobs(batches) } : {};
await utils.release();
console.log(JSON.stringify({
  versions: `graphile-worker ${version} on Node ${process.versions.node}`,
  wakeupMs,
  jobsPerSecond,
  otherJobsPerSecond,
}));
process.exit(0);
