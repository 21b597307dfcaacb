import { Counter, Gauge, type Registry } from "prom-client";
import { databaseErrorKinds, type DatabaseUsage } from "../../ports/database_usage.ts";

/** Shows on `registry` how the process uses its database. */
export function registerDatabaseMetrics(usage: DatabaseUsage, registry: Registry): void {
  const registers = [registry];
  new Counter({
    name: "backtest_database_errors_total",
    help: "Database calls that failed.",
    labelNames: ["kind"],
    registers,
    collect() {
      this.reset();
      for (const kind of databaseErrorKinds) this.inc({ kind }, usage.errors(kind));
    },
  });
  new Gauge({
    name: "backtest_database_calls",
    help: "Database calls under way.",
    labelNames: ["state"],
    registers,
    collect() {
      const running = Math.min(usage.callsUnderWay, usage.connectionsMax);
      this.set({ state: "running" }, running);
      this.set({ state: "waiting" }, usage.callsUnderWay - running);
    },
  });
  new Gauge({
    name: "backtest_database_connections_max",
    help: "Size of the connection pool.",
    registers,
    collect() {
      this.set(usage.connectionsMax);
    },
  });
}
