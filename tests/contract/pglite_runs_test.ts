import type { Database } from "../../src/adapters/postgres/database.ts";
import { openDatabase } from "../../src/adapters/postgres/open_database.ts";
import { postgresRunStores } from "./postgres_run_stores.ts";
import { testRunRepository } from "./run_repository_contract.ts";
import { testRunSteps } from "./run_steps_contract.ts";
import { testRunSweeps } from "./run_sweeps_contract.ts";
import { testScenarios } from "./scenario_contract.ts";

let database: Database;
Deno.test.beforeAll(async () => {
  database = await openDatabase("pglite:memory");
});
Deno.test.afterAll(() => database.close());

const stores = { ...postgresRunStores("pglite", () => Promise.resolve(database)), ownTimers: true };
testRunRepository(stores);
testRunSteps(stores);
testRunSweeps(stores);
testScenarios(stores);
