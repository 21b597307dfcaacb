import assert from "node:assert/strict";
import { asOperatorRules, environmentLists, withEnvironment } from "./deploy_files.ts";

const denoJson = JSON.stringify({
  tasks: {
    api: {
      command:
        "deno run --allow-env=BACKTEST_JWT_SECRET,CH_HOST,CH_PASSWORD,PGUSER,STRATEGY_PG_DSN src/main.ts api",
    },
    worker: { command: "deno run --allow-env=CH_HOST,PGUSER,STRATEGY_PG_DSN src/main.ts worker" },
    migrate: { command: "deno run --allow-env=PGUSER,POSTGRES_DSN --ignore-env src/main.ts migrate" },
    jobs: { command: "deno run --allow-env --ignore-env=BACKTEST_JWT_SECRET,CH_PASSWORD src/main.ts jobs" },
    candles: {
      command: "deno run --allow-env --ignore-env=BACKTEST_JWT_SECRET,STRATEGY_PG_DSN src/main.ts candles",
    },
  },
});

Deno.test("environmentLists() takes each list from its task, and gives the tools what jobs or candles read", () => {
  assert.deepEqual(environmentLists(denoJson), {
    api: "BACKTEST_JWT_SECRET,CH_HOST,CH_PASSWORD,PGUSER,STRATEGY_PG_DSN",
    worker: "CH_HOST,PGUSER,STRATEGY_PG_DSN",
    migrate: "PGUSER,POSTGRES_DSN",
    tools: "CH_HOST,CH_PASSWORD,PGUSER,STRATEGY_PG_DSN",
  });
});

Deno.test("environmentLists() refuses a task that may read everything", () => {
  assert.throws(
    () => environmentLists(`{"tasks":{"api":{"command":"deno run --allow-env src/main.ts api"}}}`),
    /Cannot find the environment of the task "api"/,
  );
});

Deno.test("withEnvironment() writes the list of the command that follows, in JSON and in YAML", () => {
  const lists = { api: "A", worker: "W", migrate: "M", tools: "T" };
  const text = [
    `CMD ["--allow-env=OLD", \\\n  "src/main.ts", "worker"]`,
    `- --allow-env=OLD\n- --ignore-env\n- src/main.ts\n- migrate`,
    `- --allow-env=OLD\n- src/main.ts\n  command: [--help]`,
  ].join("\n");
  assert.deepEqual(withEnvironment(text, lists).match(/allow-env=\w+/g), [
    "allow-env=W",
    "allow-env=M",
    "allow-env=T",
  ]);
  assert.equal(withEnvironment(withEnvironment(text, lists), lists), withEnvironment(text, lists));
});

Deno.test("asOperatorRules() puts the groups below spec", () => {
  const text = asOperatorRules("# comment\ngroups:\n  - name: a\n\n  - name: b\n");
  assert.ok(text.endsWith("\nspec:\n  groups:\n    - name: a\n\n    - name: b\n"), text);
});
