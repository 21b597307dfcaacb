/**
 * Writes what the files of a deployment repeat: the environment variables a command may read, from the tasks of
 * `deno.json`, the alert rules for the Prometheus operator, and the table of candles. `--check` writes nothing and exits 1
 * with one line for each file that is stale.
 *
 * Usage: `deno run --allow-read --allow-write scripts/deploy_files.ts [--check]`
 */
import { candleTableStatements } from "../src/adapters/clickhouse/candle_table_ddl.ts";
import { writeOrCheck } from "./generated_file.ts";

const root = new URL("../", import.meta.url);

const withPermissions: readonly string[] = [
  "Dockerfile",
  "compose.yaml",
  "deploy/kubernetes/api.yaml",
  "deploy/kubernetes/migrate/job.yaml",
  "deploy/kubernetes/prune.yaml",
  "deploy/kubernetes/worker.yaml",
  "deploy/systemd/backtest-api.service",
  "deploy/systemd/backtest-prune.service",
  "deploy/systemd/backtest-worker@.service",
];
const rules = "deploy/prometheus/backtest.rules.yml";
const operatorRules = "deploy/kubernetes/monitoring/rules.yaml";
const candleTable = "deploy/clickhouse/candles.sql";

type Lists = Readonly<Record<"api" | "worker" | "migrate" | "tools", string>>;

/** Names of the environment variables each command may read, joined by commas, from the text of deno.json. */
export function environmentLists(denoJson: string): Lists {
  const { tasks } = JSON.parse(denoJson) as { tasks: Record<string, { command: string }> };
  const ofTask = (task: string, flag = "--allow-env") => {
    const [, list] = new RegExp(`${flag}=([A-Z_,]+)`).exec(tasks[task]!.command) ?? [];
    if (list === undefined) throw new Error(`Cannot find the environment of the task "${task}" in deno.json`);
    return list.split(",");
  };
  const api = ofTask("api");
  // a person at the queue or at the candle table needs what the API does, but not what is nobody's but the API's
  const tools = new Set(["jobs", "candles"].flatMap((task) => {
    const secrets = ofTask(task, "--ignore-env");
    return api.filter((name) => !secrets.includes(name));
  }));
  return {
    api: api.join(),
    worker: ofTask("worker").join(),
    migrate: ofTask("migrate").join(),
    tools: [...tools].sort().join(),
  };
}

/** The text with each `--allow-env=` replaced by the list of the command that follows it, `tools` where there is none. */
export function withEnvironment(text: string, lists: Lists): string {
  return text.replaceAll(
    /(--allow-env=)[A-Z_,]*((?:(?!--allow-env=)[\s\S])*?src\/main\.ts"?,?[\s-]*"?)(worker|api|migrate)?/g,
    (_, flag: string, between: string, command?: keyof Lists) =>
      `${flag}${lists[command ?? "tools"]}${between}${command ?? ""}`,
  );
}

/** The rule file of a Prometheus as the resource its operator takes. */
export function asOperatorRules(text: string): string {
  const groups = text.slice(text.indexOf("groups:")).trimEnd().split("\n");
  return [
    "# Written by scripts/deploy_files.ts from deploy/prometheus/backtest.rules.yml, for the Prometheus operator.",
    "apiVersion: monitoring.coreos.com/v1",
    "kind: PrometheusRule",
    "metadata:",
    "  name: backtest",
    "spec:",
    ...groups.map((line) => line === "" ? "" : `  ${line}`),
    "",
  ].join("\n");
}

if (import.meta.main) {
  const read = (path: string) => Deno.readTextFile(new URL(path, root));
  const lists = environmentLists(await read("deno.json"));
  const script = "deno task deploy";
  const files = [
    { path: operatorRules, text: asOperatorRules(await read(rules)), script },
    { path: candleTable, text: `${candleTableStatements("market_data").join(";\n")};\n`, script },
  ];
  for (const path of withPermissions) {
    files.push({ path, text: withEnvironment(await read(path), lists), script });
  }
  let code = 0;
  for (const file of files) code = Math.max(code, await writeOrCheck(file, Deno.args));
  Deno.exit(code);
}
