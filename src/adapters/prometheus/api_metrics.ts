import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { ApiMetrics } from "../../ports/api_metrics.ts";

// a status call takes milliseconds, a synchronous run up to its deadline
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60];

/** Metrics of the API on `registry`; a second instance on the same registry throws. */
export function prometheusApiMetrics(registry: Registry): ApiMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: "backtest_api_requests_total",
    help: "HTTP requests answered.",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const duration = new Histogram({
    name: "backtest_api_request_duration_seconds",
    help: "From the arrival of a request to the head of its answer.",
    labelNames: ["method", "route"],
    buckets,
    registers,
  });
  const active = new Gauge({
    name: "backtest_api_sync_runs_active",
    help: "Synchronous runs that compute now.",
    registers,
  });
  const waiting = new Gauge({
    name: "backtest_api_sync_runs_waiting",
    help: "Synchronous runs that wait for their turn.",
    registers,
  });
  const streams = new Gauge({
    name: "backtest_api_event_streams_active",
    help: "Open event streams.",
    registers,
  });
  return {
    requestAnswered({ method, route, status, seconds }) {
      requests.inc({ method, route, status });
      duration.observe({ method, route }, seconds);
    },
    syncRuns(runs) {
      active.set(runs.active);
      waiting.set(runs.waiting);
    },
    eventStreams: (open) => streams.set(open),
  };
}
