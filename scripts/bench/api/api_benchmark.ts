import type { Benchmark, ResultTable } from "../benchmark.ts";
import { summary } from "../measure.ts";
import { resultHash } from "../result_hash.ts";
import { apiWorld } from "./api_world.ts";
import { type ListenersFound, type ListenersWork, measureListeners } from "./listeners.ts";
import { best, type LoadsFound, type LoadsWork, measureLoads, type Rounds, routes } from "./loads.ts";

const sizes: Readonly<Record<"full" | "smoke", ListenersWork & LoadsWork>> = {
  full: {
    ...{ jobs: 100, listenersPerJob: 10, writesPerJob: 8 },
    ...{ runningJobs: 4, rounds: 5, seconds: 3, connections: 10 },
  },
  smoke: {
    ...{ jobs: 5, listenersPerJob: 10, writesPerJob: 2 },
    ...{ runningJobs: 1, rounds: 1, seconds: 1, connections: 2 },
  },
};

/** The HTTP API: many listeners to live events, and requests per second while jobs run. */
export const benchmark: Benchmark = {
  usesPeers: false,
  async run(size) {
    const work = sizes[size];
    const [loadBefore] = Deno.loadavg();
    await using world = await apiWorld();
    const listeners = await measureListeners(world, work);
    const loads = await measureLoads(world, work);
    const perAnswer = (rounds: Rounds, route: typeof routes[number]) =>
      best(rounds.healthz).requestsPerSecond / best(rounds[route]).requestsPerSecond;
    return {
      ...summary(loads.busy.status.map(({ p50Ms }) => p50Ms)),
      ratios: {
        status_than_healthz: perAnswer(loads.busy, "status"),
        top_than_healthz: perAnswer(loads.busy, "top"),
        status_than_healthz_quiet: perAnswer(loads.quiet, "status"),
        top_than_healthz_quiet: perAnswer(loads.quiet, "top"),
      },
      hash: resultHash(Float64Array.from(listeners.lastUnits)),
      figures: { ...loadFigures(loads), ...listenerFigures(listeners) },
      tables: [loadTable(loads), listenerTable(listeners)],
      conditions: {
        ...work,
        load_average_before: loadBefore,
        times: "p50 of GET /backtests/jobs/{id} while jobs run; every other figure is that of the best round",
        load: "autocannon 9.0.0 in a process of its own, on the same machine; every answer is checked",
        top: "limit=50, all 50 rows there, without reports, as of every running job",
        events:
          "from the call that writes a job's progress to its event at the listener; the hub looks every 250 ms",
      },
    };
  },
};

const phaseTexts: Readonly<Record<keyof LoadsFound, string>> = {
  busy: "jobs running",
  yielding: "the same, workers at nice 10",
  quiet: "no job running",
};
const phases = Object.keys(phaseTexts) as (keyof LoadsFound)[];

function loadFigures(loads: LoadsFound): Record<string, number> {
  const entries = phases.flatMap((phase) =>
    routes.flatMap((route) => {
      const round = best(loads[phase][route]);
      return [
        [`${route}_${phase}_per_s`, round.requestsPerSecond],
        [`${route}_${phase}_p50_ms`, round.p50Ms],
        [`${route}_${phase}_p99_ms`, round.p99Ms],
        [`${route}_${phase}_api_cpu_us`, round.serverUsPerRequest],
        [`${route}_${phase}_load_cpu_us`, round.loadCpuMs * 1000 / round.requests],
      ] as const;
    })
  );
  return Object.fromEntries(entries);
}

function loadTable(loads: LoadsFound): ResultTable {
  const rows = phases.flatMap((phase) =>
    routes.map((route) => {
      const rounds = loads[phase][route].map(({ requestsPerSecond }) => Math.round(requestsPerSecond));
      const round = best(loads[phase][route]);
      return [
        phaseTexts[phase],
        route,
        round.requestsPerSecond,
        rounds.toSorted((a, b) => b - a).join(", "),
        round.requestsPerSecond / best(loads[phase].healthz).requestsPerSecond,
        round.p50Ms,
        round.p99Ms,
        round.serverUsPerRequest,
      ];
    })
  );
  const head = ["while", "route", "per s", "all rounds", "of healthz", "p50 ms", "p99 ms", "API CPU us each"];
  return { head, rows };
}

/** What is too small for the clock or for whole pages, as at smoke size, is left out. */
function listenerFigures(found: ListenersFound): Record<string, number> {
  const figures = {
    listeners: found.listeners,
    listener_events: found.events,
    listener_events_overtaken: found.overtaken,
    listener_kb: found.kbPerListener,
    listener_memory_before_mb: found.memoryBeforeMb,
    listener_memory_open_mb: found.memoryOpenMb,
    listener_memory_after_mb: found.memoryAfterMb,
    listener_event_p50_ms: found.eventP50Ms,
    listener_event_p99_ms: found.eventP99Ms,
    listener_api_cpu_us: found.apiUsPerEvent,
    listening_connections: found.listeningConnections,
  };
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value > 0));
}

function listenerTable(found: ListenersFound): ResultTable {
  const { memoryBeforeMb, memoryOpenMb, memoryAfterMb } = found;
  return {
    head: [
      "listeners",
      "events",
      "overtaken",
      "MB before, open, after",
      "KB each",
      "event p50 ms",
      "event p99 ms",
      "database listens",
    ],
    rows: [[
      found.listeners,
      found.events,
      found.overtaken,
      [memoryBeforeMb, memoryOpenMb, memoryAfterMb].map((mb) => mb.toFixed(0)).join(", "),
      found.kbPerListener,
      found.eventP50Ms,
      found.eventP99Ms,
      found.listeningConnections,
    ]],
  };
}
