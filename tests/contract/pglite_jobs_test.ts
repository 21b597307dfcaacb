import type { Database } from "../../src/adapters/postgres/database.ts";
import { openDatabase } from "../../src/adapters/postgres/open_database.ts";
import { testJobArchive } from "./job_archive_contract.ts";
import { testJobChanges } from "./job_changes_contract.ts";
import { testJobPruning } from "./job_pruning_contract.ts";
import { testJobQueue } from "./job_queue_contract.ts";
import { testJobRepository } from "./job_repository_contract.ts";
import { testJobResults } from "./job_results_contract.ts";
import { testJobRetries } from "./job_retry_contract.ts";
import { testOptimizations } from "./optimization_contract.ts";
import { testTaskQueue } from "./task_queue_contract.ts";
import { postgresStores } from "./postgres_stores.ts";

let database: Database;
Deno.test.beforeAll(async () => {
  database = await openDatabase("pglite:memory");
});
Deno.test.afterAll(() => database.close());

const stores = { ...postgresStores("pglite", () => Promise.resolve(database)), ownTimers: true };
testJobRepository(stores);
testJobQueue(stores);
testJobChanges(stores);
testJobResults(stores);
testJobRetries(stores);
testJobArchive(stores);
testJobPruning(stores);
testOptimizations(stores);
testTaskQueue(stores);
