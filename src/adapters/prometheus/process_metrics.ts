import process from "node:process";
import { Counter, Gauge, type Registry } from "prom-client";

/** What the program is. */
export interface Build {
  /** As the image was built with, or `dev`. */
  readonly version: string;
  /** The newest migration it knows; `none` without a database. */
  readonly schema: string;
}

/**
 * Shows the process on `registry`. The usual collector of the client library is not used: it reads `/proc`, which needs
 * the right to read files, and shows zeros without it.
 */
export function registerProcessMetrics(build: Build, registry: Registry): void {
  const registers = [registry];
  new Gauge({
    name: "backtest_build_info",
    help: "Version of the program and of its schema.",
    labelNames: ["version", "schema"],
    registers,
  }).set({ version: build.version, schema: build.schema }, 1);
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory size in bytes.",
    registers,
    collect() {
      this.set(Deno.memoryUsage().rss);
    },
  });
  new Gauge({
    name: "process_heap_bytes",
    help: "JavaScript heap in use in bytes.",
    registers,
    collect() {
      this.set(Deno.memoryUsage().heapUsed);
    },
  });
  new Gauge({
    name: "process_start_time_seconds",
    help: "Start time of the process since unix epoch in seconds.",
    registers,
  }).set(Math.round((performance.timeOrigin) / 1000));
  new Counter({
    name: "process_cpu_seconds_total",
    help: "Total user and system CPU time spent in seconds.",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
}
