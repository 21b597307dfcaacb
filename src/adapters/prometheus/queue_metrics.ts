import { Gauge, type Registry } from "prom-client";
import type { Clock } from "../../ports/clock.ts";
import {
  queueDepthMax,
  type QueueLookout,
  type QueueOverview,
  queueStates,
} from "../../ports/queue_overview.ts";
import { race } from "../../ports/race.ts";

/** An overview serves all scrapes for so long, one that could not be had as well. */
const keptMs = 5000;
/** A scrape has a time limit of its own, and the process's other metrics with it. */
const answerMs = 2000;

/**
 * Shows the queue and the server's sessions on `registry`. The database is asked when somebody scrapes, at most once in
 * 5 s and for 2 s at most. Without an answer the metrics have no samples.
 */
export function registerQueueMetrics(
  lookout: QueueLookout,
  { registry, clock }: { readonly registry: Registry; readonly clock: Clock },
): void {
  const look = recent(lookout, clock);
  const gauge = (
    { name, help, labelNames }: {
      readonly name: string;
      readonly help: string;
      readonly labelNames: string[];
    },
    show: (gauge: Gauge, overview: QueueOverview) => void,
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const overview = await look();
        if (overview === null) removeAll(this);
        else show(this, overview);
      },
    });
  gauge(
    {
      name: "backtest_queue_jobs",
      help: `Jobs that are not over; of one state at most ${queueDepthMax}.`,
      labelNames: ["state"],
    },
    (gauge, { states }) => queueStates.forEach((state) => gauge.set({ state }, states[state].jobs)),
  );
  gauge(
    {
      name: "backtest_queue_oldest_age_seconds",
      help: "How long the oldest job has been in its state.",
      labelNames: ["state"],
    },
    (gauge, { states }) =>
      queueStates.forEach((state) => gauge.set({ state }, states[state].oldestAgeSeconds)),
  );
  gauge(
    {
      name: "backtest_queue_attempts_max",
      help: "How often the job that is not over and was started most often was started.",
      labelNames: [],
    },
    (gauge, { attemptsMax }) => gauge.set(attemptsMax),
  );
  gauge(
    {
      name: "backtest_database_sessions",
      help: "Sessions open on the database server.",
      labelNames: ["application"],
    },
    (gauge, { sessions }) => {
      gauge.set({ application: "backtest" }, sessions.ours);
      gauge.set({ application: "other" }, sessions.others);
    },
  );
  gauge(
    { name: "backtest_database_sessions_max", help: "Most sessions the server takes.", labelNames: [] },
    (gauge, { sessions }) => gauge.set(sessions.max),
  );
}

// a gauge without labels counts as 0 after `reset`
function removeAll(gauge: Gauge): void {
  gauge.reset();
  gauge.remove({});
}

/**
 * One look for all who ask within a while; null when there was no answer in time. There is never a second look while one
 * is under way, however long the database takes.
 */
function recent(lookout: QueueLookout, clock: Clock): () => Promise<QueueOverview | null> {
  let last: { readonly atMs: number; readonly overview: Promise<QueueOverview | null> } | null = null;
  let isLooking = false;
  return () => {
    const nowMs = clock.monotonicMs();
    if (last === null || (!isLooking && nowMs - last.atMs >= keptMs)) {
      isLooking = true;
      const asked = lookout.look().finally(() => isLooking = false);
      const missing = asked.catch(() => null);
      last = {
        atMs: nowMs,
        overview: race(() => missing, { deadline: { clock, ms: answerMs, late: () => null } }),
      };
    }
    return last.overview;
  };
}
