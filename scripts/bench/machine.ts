import os from "node:os";
import process from "node:process";
import type { Peers } from "./benchmark.ts";

/** What every figure depends on: processor, runtime and the versions of what is compared. */
export function machine({ c, vectorbt }: Peers): Record<string, unknown> {
  return {
    cpu: os.cpus()[0]?.model ?? "unknown",
    cores: navigator.hardwareConcurrency,
    os: `${Deno.build.os} ${Deno.build.arch}`,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    ...(c ? { c: c.version } : {}),
    ...(vectorbt ? { vectorbt: vectorbt.version } : {}),
  };
}

/** Most memory this process has held at once, in MB of 1,000,000 bytes. */
export function peakMemoryMb(): number {
  return (process.resourceUsage().maxRSS * 1024) / 1e6;
}
