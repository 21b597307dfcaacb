import { fileURLToPath } from "node:url";
import { processUse } from "./process_use.ts";

/** What is asked for, how hard and for how long. */
export interface LoadTarget {
  readonly url: string;
  /** Bearer token of the caller. */
  readonly token: string;
  /** What every body must begin with. */
  readonly bodyStart: string;
  readonly seconds: number;
  /** Each asks again as soon as it has its answer. */
  readonly connections: number;
}

/** What one run of autocannon saw. */
export interface Load {
  /** Answered with 2xx. */
  readonly requests: number;
  /** Answered otherwise, not at all, or with another body. */
  readonly failed: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the load's own process, its start included. */
  readonly loadCpuMs: number;
}

/** A run with what the server used meanwhile. */
export interface MeasuredLoad extends Load {
  readonly requestsPerSecond: number;
  /** Processor time of the server for each answer. */
  readonly serverUsPerRequest: number;
}

const script = fileURLToPath(new URL("load_process.ts", import.meta.url));

/** Loads a server of process `pid` with autocannon in a process of its own. Rejects unless every answer was right. */
export async function measureLoad(target: LoadTarget, pid: number): Promise<MeasuredLoad> {
  const before = await processUse(pid);
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--node-modules-dir=auto",
      "--no-prompt",
      "--no-check",
      "--allow-all",
      script,
      JSON.stringify(target),
    ],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`autocannon failed on ${target.url}`);
  const load: Load = JSON.parse(new TextDecoder().decode(stdout));
  if (load.failed > 0 || load.requests === 0) {
    throw new Error(`${load.failed} of ${load.requests + load.failed} answers of ${target.url} are wrong`);
  }
  const { cpuMs } = await processUse(pid);
  return {
    ...load,
    requestsPerSecond: load.requests / load.seconds,
    serverUsPerRequest: (cpuMs - before.cpuMs) * 1000 / load.requests,
  };
}
