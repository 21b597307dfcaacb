import { connect, disconnect } from "../../../src/adapters/postgres/connect.ts";
import { openDatabase } from "../../../src/adapters/postgres/open_database.ts";
import type { Benchmark } from "../benchmark.ts";
import { resultHash } from "../result_hash.ts";
import { timeOurQueue } from "./our_queue.ts";
import { installPeer, type PeerQueue, peerQueues } from "./peer_queues.ts";
import { quantile, type QueueTiming, type QueueWork } from "./queue_timing.ts";

const sizes: Readonly<Record<"full" | "smoke", QueueWork>> = {
  full: { wakeups: 300, jobs: 3000, loops: 4 },
  smoke: { wakeups: 5, jobs: 20, loops: 2 },
};

const ourGuarantees =
  "at least once, effects of one attempt only: every write carries job, owner and attempt and " +
  "needs a lease that is alive on the database's clock; a job whose worker died is free when the lease ends";

/** The job queue: from an enqueue to a running handler, and no-op jobs per second, against other queues for Postgres. */
export const benchmark: Benchmark = {
  usesPeers: false,
  async run(size) {
    const work = sizes[size];
    await using server = await openDatabase("embedded:temporary", { onNotice: refuse });
    const databases = new Databases(server.dsn);
    const ours = await timeOurQueue(await databases.create("ours"), work);
    const conditions: Record<string, unknown> = {
      ...work,
      ours: ours.versions,
      ours_guarantees: ourGuarantees,
    };
    const ratios: Record<string, number> = {};
    const figures: Record<string, number> = named("ours", ours);
    for (const peer of size === "full" ? peerQueues : []) {
      const found = await timePeer(peer, { work, databases });
      conditions[peer.name] = typeof found === "string" ? found : found.versions;
      conditions[`${peer.name}_guarantees`] = peer.guarantees;
      if (typeof found === "string") continue;
      Object.assign(figures, named(peer.name, found));
      ratios[peer.name] = ours.jobsPerSecond / found.jobsPerSecond;
    }
    return {
      median_ms: quantile(ours.wakeupMs, 0.5),
      min_ms: Math.min(...ours.wakeupMs),
      max_ms: Math.max(...ours.wakeupMs),
      ratios,
      hash: resultHash(Float64Array.of(work.jobs)),
      figures,
      conditions: {
        ...conditions,
        times: "wake-up, from the call that enqueues to the claimed job; ratios are of jobs per second",
        server: "embedded Postgres, one database for each queue, one queue after the other",
      },
    };
  },
};

class Databases {
  readonly #serverDsn: string;

  constructor(serverDsn: string) {
    this.#serverDsn = serverDsn;
  }

  async create(name: string): Promise<string> {
    const sql = connect(this.#serverDsn, { connectionsMax: 1 });
    try {
      await sql.unsafe(`CREATE DATABASE bench_${name}`);
    } finally {
      await disconnect(sql);
    }
    const url = new URL(this.#serverDsn);
    url.pathname = `/bench_${name}`;
    return url.href;
  }
}

/** The peer's timing, or in one line why there is none. */
async function timePeer(
  peer: PeerQueue,
  { work, databases }: { readonly work: QueueWork; readonly databases: Databases },
): Promise<QueueTiming | string> {
  try {
    await using installed = await installPeer(peer);
    return await installed.time(await databases.create(peer.name), work);
  } catch (error) {
    return `left out: ${error instanceof Error ? error.message : error}`;
  }
}

function named(queue: string, { wakeupMs, jobsPerSecond }: QueueTiming): Record<string, number> {
  return {
    [`${queue}_wakeup_p50_ms`]: quantile(wakeupMs, 0.5),
    [`${queue}_wakeup_p99_ms`]: quantile(wakeupMs, 0.99),
    [`${queue}_jobs_per_s`]: jobsPerSecond,
  };
}

function refuse(line: string): never {
  throw new Error(line);
}
