import { connect, disconnect } from "../../../src/adapters/postgres/connect.ts";
import { openDatabase } from "../../../src/adapters/postgres/open_database.ts";
import { openLanes } from "../../../tests/crash/lane.ts";
import { timeTakeover } from "../../../tests/crash/takeover.ts";
import type { Benchmark, Size } from "../benchmark.ts";
import { resultHash } from "../result_hash.ts";
import { timeOurQueue } from "./our_queue.ts";
import { installPeer, type PeerQueue, peerQueues } from "./peer_queues.ts";
import { bestOf, quantile, type QueueTiming, type QueueWork } from "./queue_timing.ts";

interface QueueRounds {
  readonly work: Omit<QueueWork, "otherWays">;
  /** Each round is every queue once, so that noise meets all of them. */
  readonly rounds: number;
  readonly peers: readonly PeerQueue[];
  readonly takeovers: number;
}

const sizes: Readonly<Record<Size, QueueRounds>> = {
  full: { work: { wakeups: 100, jobs: 5000, loops: 4 }, rounds: 4, peers: peerQueues, takeovers: 5 },
  smoke: { work: { wakeups: 5, jobs: 20, loops: 2 }, rounds: 1, peers: [], takeovers: 0 },
};

const ours = {
  guarantees: "at least once, effects of one attempt only: every write carries job, owner and attempt and " +
    "needs a lease that is alive on the database's clock; a job whose worker died is free when the lease ends",
  settings: "claimNext() and finish() in a loop, prepared statements, one job at a time; a lease of 60 s",
};

/** The job queue: from an enqueue to a running handler, and no-op jobs per second, against other queues for Postgres. */
export const benchmark: Benchmark = {
  usesPeers: false,
  async run(size) {
    const { work, rounds, peers, takeovers } = sizes[size];
    await using server = await openDatabase("embedded:temporary", { onNotice: refuse });
    await using stack = new AsyncDisposableStack();
    let queues: readonly Queue[] = [{ name: "ours", ...ours, time: timeOurQueue, timings: [] }];
    const conditions: Record<string, unknown> = { ...work, rounds };
    for (const peer of peers) {
      const installed = await installPeer(peer).catch(leftOut);
      if (typeof installed === "string") conditions[peer.name] = installed;
      else queues = [...queues, { ...peer, time: stack.use(installed).time, timings: [] }];
    }
    for (let round = 0; round < rounds; round++) {
      for (const queue of queues) {
        const { name, time, timings } = queue;
        const dsn = await createDatabase(server.dsn, `bench_${name}_${round}`);
        try {
          timings.push(await time(dsn, { ...work, otherWays: round === 0 }));
        } catch (error) {
          if (name === "ours") throw error;
          conditions[name] = leftOut(error);
          queues = queues.filter((other) => other !== queue);
        }
      }
    }
    const figures: Record<string, number> = {};
    for (const queue of queues) {
      Object.assign(figures, figuresOf(queue));
      Object.assign(conditions, conditionsOf(queue));
    }
    if (takeovers > 0) Object.assign(figures, await timeTakeovers(server.dsn, takeovers));
    const [best, ...others] = queues.map(({ name, timings }) => ({ name, ...bestOf(timings) }));
    return {
      median_ms: quantile(best!.wakeupMs, 0.5),
      min_ms: Math.min(...best!.wakeupMs),
      max_ms: Math.max(...best!.wakeupMs),
      ratios: Object.fromEntries(
        others.map(({ name, jobsPerSecond }) => [name, best!.jobsPerSecond / jobsPerSecond]),
      ),
      hash: resultHash(Float64Array.of(work.jobs)),
      figures,
      conditions: {
        ...conditions,
        times: "wake-up, from the call that enqueues to the claimed job; ratios are of jobs per second, " +
          "each queue at the best of its rounds",
        takeovers: "from SIGKILL to the claim of another worker, with a lease of 1 s",
        server: "embedded Postgres, fsync and synchronous_commit off, a database for each queue and round, " +
          "one queue after the other, a connection for each loop and one more",
      },
    };
  },
};

interface Queue {
  readonly name: string;
  readonly guarantees: string;
  readonly settings: string;
  readonly time: (dsn: string, work: QueueWork) => Promise<QueueTiming>;
  readonly timings: QueueTiming[];
}

function figuresOf({ name, timings }: Queue): Record<string, number> {
  const { wakeupMs, jobsPerSecond, otherJobsPerSecond } = bestOf(timings);
  const others = Object.entries(otherJobsPerSecond).map((
    [way, speed],
  ) => [`${name}_${way}_jobs_per_s`, speed]);
  return {
    [`${name}_wakeup_p50_ms`]: quantile(wakeupMs, 0.5),
    [`${name}_wakeup_p99_ms`]: quantile(wakeupMs, 0.99),
    [`${name}_jobs_per_s`]: jobsPerSecond,
    ...Object.fromEntries(others),
  };
}

function conditionsOf({ name, guarantees, settings, timings }: Queue): Record<string, string> {
  const rounds = timings.map(({ jobsPerSecond }) => Math.round(jobsPerSecond));
  return {
    [name]: bestOf(timings).versions,
    [`${name}_guarantees`]: guarantees,
    [`${name}_settings`]: settings,
    [`${name}_rounds_jobs_per_s`]: rounds.join(", "),
  };
}

/** How long the job of a killed worker stands still; see tests/crash. */
async function timeTakeovers(dsn: string, count: number): Promise<Record<string, number>> {
  const [lane] = await openLanes(dsn, 1);
  await using _lane = lane;
  const seconds = await Array.fromAsync({ length: count }, () => timeTakeover(lane!));
  return { takeover_p50_s: quantile(seconds, 0.5), takeover_max_s: Math.max(...seconds) };
}

async function createDatabase(serverDsn: string, name: string): Promise<string> {
  const sql = connect(serverDsn, { connectionsMax: 1 });
  try {
    await sql.unsafe(`CREATE DATABASE ${name}`);
  } finally {
    await disconnect(sql);
  }
  const url = new URL(serverDsn);
  url.pathname = `/${name}`;
  return url.href;
}

function leftOut(error: unknown): string {
  return `left out: ${error instanceof Error ? error.message : error}`;
}

function refuse(line: string): never {
  throw new Error(line);
}
