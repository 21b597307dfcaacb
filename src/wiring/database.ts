import { connect, disconnect, type Sql } from "../adapters/postgres/connect.ts";
import { noWakeups } from "../ports/no_wakeups.ts";
import { type JobWakeupsOptions, PostgresJobWakeups } from "../adapters/postgres/job_wakeups.ts";
import { DatabaseCalls } from "../adapters/postgres/database_calls.ts";
import { postgresJobs } from "../adapters/postgres/jobs.ts";
import { migrate, migrationStatus } from "../adapters/postgres/migrate.ts";
import { readMigrations } from "../adapters/postgres/migration_files.ts";
import { postgresRuns } from "../adapters/postgres/runs.ts";
import { openDatabase } from "../adapters/postgres/open_database.ts";
import { postgresQueueLookout } from "../adapters/postgres/queue_lookout.ts";
import { postgresStrategies } from "../adapters/postgres/strategy_repository.ts";
import { requireSession } from "../adapters/postgres/require_session.ts";
import { requireSchema } from "../adapters/postgres/require_schema.ts";
import { systemClock } from "../adapters/system/clock.ts";
import type { OpenSchema } from "../cli/deps.ts";
import type { DatabaseUsage } from "../ports/database_usage.ts";
import type { JobPorts } from "../ports/job_ports.ts";
import type { QueueLookout } from "../ports/queue_overview.ts";
import type { StrategyRepository } from "../ports/strategy_repository.ts";
import type { JobWakeups } from "../ports/job_wakeups.ts";

/** The job stores and the saved strategies over one open database. */
export interface OpenStores extends JobPorts, AsyncDisposable {
  readonly strategies: StrategyRepository;
  readonly runStores: ReturnType<typeof postgresRuns>;
  /** The whole queue at a glance. */
  readonly lookout: QueueLookout;
  /** How all of these use their pool. */
  readonly usage: DatabaseUsage;
  /** Number of the newest migration this version knows. */
  readonly schema: string;
  /** DSN of the server behind it. */
  readonly dsn: string;
  /** Whether the server can send hints. */
  readonly canListen: boolean;
  readonly description: string;
}

/** How a database is opened. */
export interface OpenOptions {
  readonly onNotice: (line: string) => void;
  /** Applies the migrations first; otherwise a schema that does not fit is refused. */
  readonly migrate?: boolean;
  /** Oldest schema version that will do; the newest unless given. */
  readonly schemaMin?: number;
}

/** Opens the database a DSN names (`postgres:`, `embedded:` or `pglite:`) with its job stores. */
export async function openStores(dsn: string, options: OpenOptions): Promise<OpenStores> {
  await using resources = new AsyncDisposableStack();
  const { sql, database } = await open(dsn, { ...options, resources });
  if (options.migrate) await migrate(sql);
  if (database.connectionsMax > 1) await requireSession(database.dsn, systemClock());
  const { schemaMin } = options;
  const notices = await requireSchema(sql, schemaMin === undefined ? {} : { min: schemaMin });
  notices.forEach(options.onNotice);
  const migrations = await readMigrations();
  const kept = resources.move();
  const usage = new DatabaseCalls(database);
  const stores = postgresJobs(sql);
  const { jobs, queue, results, changes, archive, pruning } = stores;
  return {
    jobs: usage.watch(jobs),
    queue: usage.watch(queue),
    results: usage.watch(results),
    changes: usage.watch(changes),
    archive: usage.watch(archive),
    pruning: usage.watch(pruning),
    coordinator: usage.watch(stores.coordinator),
    tasks: usage.watch(stores.tasks),
    optimizations: usage.watch(stores.optimizations),
    strategies: usage.watch(postgresStrategies(sql)),
    runStores: watchedRuns(sql, usage),
    lookout: usage.watch(postgresQueueLookout(sql)),
    usage,
    schema: migrations.at(-1)!.name.slice(0, 4),
    dsn: database.dsn,
    canListen: database.canListen,
    description: database.description,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function watchedRuns(sql: Sql, usage: DatabaseCalls): OpenStores["runStores"] {
  const { runs, steps, held, sweeps } = postgresRuns(sql);
  return {
    runs: usage.watch(runs),
    steps: usage.watch(steps),
    held: usage.watch(held),
    sweeps: usage.watch(sweeps),
  };
}

/** The stores of a database whose owner closes it later than its borrower ends. */
export function borrowed(stores: OpenStores): OpenStores {
  return { ...stores, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** Hints about the queue; none from a server that cannot send any. */
export function openWakeups(
  { dsn, canListen }: Pick<OpenStores, "dsn" | "canListen">,
  options: Omit<JobWakeupsOptions, "dsn">,
): JobWakeups & AsyncDisposable {
  if (canListen) return new PostgresJobWakeups({ dsn, ...options });
  return { ...noWakeups, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** Opens the database a DSN names for schema changes. */
export async function openSchema(dsn: string, options: OpenOptions): Promise<OpenSchema> {
  await using resources = new AsyncDisposableStack();
  const { sql } = await open(dsn, { ...options, resources });
  const kept = resources.move();
  return {
    up: () => migrate(sql),
    status: () => migrationStatus(sql),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function open(dsn: string, options: OpenOptions & { readonly resources: AsyncDisposableStack }) {
  const database = await openDatabase(dsn, { onNotice: options.onNotice });
  options.resources.defer(() => database.close());
  const sql = connect(database.dsn, { connectionsMax: database.connectionsMax });
  options.resources.defer(() => disconnect(sql));
  return { database, sql };
}
