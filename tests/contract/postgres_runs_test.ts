import { embeddedPostgres } from "../helpers/postgres.ts";
import { postgresRunStores } from "./postgres_run_stores.ts";
import { testRunRepository } from "./run_repository_contract.ts";
import { testRunSteps } from "./run_steps_contract.ts";
import { testRunSweeps } from "./run_sweeps_contract.ts";
import { testScenarios } from "./scenario_contract.ts";

const server = embeddedPostgres();
const stores = postgresRunStores(
  "postgres",
  async () => ({ dsn: await server.createDatabase(), connectionsMax: 4 }),
);

testRunRepository(stores);
testRunSteps(stores);
testRunSweeps(stores);
testScenarios(stores);
