import type { QueueTiming, QueueWork } from "./queue_timing.ts";

/** Another queue for Postgres, and what it takes to run it. */
export interface PeerQueue {
  readonly name: "graphile_worker" | "pg_boss";
  /** What npm has to install. */
  readonly packages: readonly string[];
  /** The runtime it asks for: the Node.js found here, or the one npm's package `node` carries. */
  readonly node: "own" | "carried";
  readonly guarantees: string;
  readonly settings: string;
}

/** The queues ours is compared with, at versions that are known to install. */
export const peerQueues: readonly PeerQueue[] = [
  {
    name: "graphile_worker",
    packages: ["graphile-worker@0.17.3"],
    node: "own",
    guarantees:
      "at least once; a job is bound to its worker's id, without heartbeat or lease: the job of a worker " +
      "that died is free again after 4 hours, or when told; a finished job's row is deleted",
    settings:
      "run() with a handler, prepared statements, without batches, which are its default; with batches: " +
      "localQueue.size 100, completeJobBatchDelay 0",
  },
  {
    name: "pg_boss",
    packages: ["pg-boss@12.35.0", "node@22.23.3"],
    node: "carried",
    guarantees:
      "at least once; a job expires after 15 minutes or without heartbeats, if asked for; work(), and complete() " +
      "of a job instead of an id, are fenced by the attempt",
    settings:
      "fetch() and complete() of jobs in a loop, batchSize 1: faster than work(), which fetches once in " +
      "2 s and worker unless it takes batches; its polling workers: work() with localConcurrency for 5 s",
  },
];

/** Peers installed into a temporary folder. */
export interface InstalledPeer extends AsyncDisposable {
  time(dsn: string, work: QueueWork): Promise<QueueTiming>;
}

/** Installs a peer with npm. Rejects with one line when npm is not there or does not get the packages. */
export async function installPeer(peer: PeerQueue): Promise<InstalledPeer> {
  const folder = await Deno.makeTempDir({ prefix: "backtest-bench-" });
  const remove = () => Deno.remove(folder, { recursive: true });
  try {
    await Deno.writeTextFile(`${folder}/package.json`, `{"private": true, "type": "module"}\n`);
    await runIn(folder, ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", ...peer.packages]);
    const script = `${peer.name}.mjs`;
    await Deno.copyFile(new URL(script, import.meta.url), `${folder}/${script}`);
    const node = peer.node === "own" ? "node" : `${folder}/node_modules/node/bin/node`;
    return {
      async time(dsn, { wakeups, jobs, loops, otherWays }) {
        const counts = [wakeups, jobs, loops, otherWays ? 1 : 0].map(String);
        return JSON.parse(await runIn(folder, [node, script, dsn, ...counts]));
      },
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function runIn(folder: string, [command, ...args]: readonly [string, ...string[]]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd: folder }).output();
  if (success) return new TextDecoder().decode(stdout);
  const lines = new TextDecoder().decode(stderr).trim().split("\n");
  throw new Error(`Cannot run ${command} ${args[0]}: ${lines.at(-1)}`);
}
