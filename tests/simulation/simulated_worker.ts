import { memoryLog } from "../memory/log.ts";
import { BacktestError } from "../../src/core/errors/mod.ts";
import type { CandleSource } from "../../src/ports/candle_source.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { runWorker } from "../../src/worker/worker.ts";
import { scriptedCompute } from "../helpers/scripted_compute.ts";
import { candleSource, harness } from "../helpers/worker_harness.ts";
import type { Ports } from "./audited_store.ts";
import { faultyLink, type LinkOptions, whileAble } from "./faulty_link.ts";

/** Settings of every simulated worker. */
export const simulatedSettings = {
  claimPollSeconds: 1,
  leaseSeconds: 10,
  heartbeatSeconds: 3,
  snapshotSeconds: 5,
  snapshotVariantsStep: 6,
} as const;

/** Longest time one batch of a simulated job computes. */
const batchMsMax = 1500;

/** The project's worker as a process of the simulation: it can be killed, stopped for a while, and asked to end. */
export class SimulatedWorker {
  dead = false;
  stoppedUntilMs = 0;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(lockedBy: string, options: Omit<LinkOptions, "process"> & { readonly ports: Ports }) {
    const { ports, chance } = options;
    const link = { ...options, process: this };
    const clock: Clock = {
      ...options.clock,
      sleep: async (ms, signal) => {
        await options.clock.sleep(ms, signal);
        await whileAble(link);
      },
    };
    const deps = {
      ...harness({ settings: simulatedSettings }).deps,
      clock,
      log: memoryLog(),
      queue: faultyLink(ports.queue, link),
      results: faultyLink(ports.results, link),
      candles: {
        load: (query: Parameters<CandleSource["load"]>[0]) => {
          if (!chance.happens(0.1)) return candleSource.load(query);
          const message = "Cannot load candles: the source does not answer";
          return Promise.reject(new BacktestError("market_data_unavailable", message));
        },
      },
      compute: scriptedCompute({
        score: (base, risk) => base * 10 + (risk ?? 0),
        before: () => clock.sleep(chance.below(batchMsMax)),
      }),
    };
    this.#ended = runWorker(deps, { lockedBy, stop: this.#stop.signal });
  }

  /** SIGKILL: nothing of the process happens any more. */
  kill(): void {
    this.dead = true;
  }

  /** SIGTERM; resolves when the worker has given its job back and ended. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }
}
