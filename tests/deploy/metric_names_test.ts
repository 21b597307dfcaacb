import assert from "node:assert/strict";
import { parse } from "yaml";
import { freePort } from "../helpers/free_port.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { startProgram } from "../helpers/program.ts";
import { walkRequest, workerWorld } from "../helpers/worker_world.ts";
import { grafanaDashboard } from "./dashboard.ts";
import { manifests } from "./manifests.ts";
import { exposedLabels, spokenOf } from "./promql.ts";

const server = embeddedPostgres();
const root = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, root));

interface Expression {
  readonly where: string;
  readonly expr: string;
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly record?: string; readonly alert?: string; readonly expr: string }[];
  }[];
}

const { groups } = parse(await read("deploy/prometheus/backtest.rules.yml")) as Rules;
const rules = groups.flatMap(({ rules }) => rules);
const { panels } = await grafanaDashboard();

function expressions(): readonly Expression[] {
  return [
    ...rules.map(({ record, alert, expr }) => ({ where: record ?? alert ?? "a rule", expr })),
    ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ where: title, expr }))),
  ];
}

async function expose(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  await using world = await workerWorld(server);
  const worker = world.startWorker();
  const port = freePort();
  const api = startProgram(["api", "--port", String(port)], { env: world.env });
  try {
    await Promise.all([worker.saw("event=metrics_started"), api.saw("event=api_started")]);
    // the time of a stage is there once one was entered
    await world.submit(walkRequest({ windows: 2 }));
    await worker.saw("event=job_processed");
    const url = `http://127.0.0.1:${port}`;
    await (await fetch(`${url}/readyz`)).text();
    const texts = await Promise.all(
      [worker.metricsUrl, `${url}/metrics`].map(async (each) => await (await fetch(each)).text()),
    );
    return exposedLabels(texts.join("\n"));
  } finally {
    worker.process.kill("SIGTERM");
    api.process.kill("SIGTERM");
    await Promise.all([worker.ended(), api.ended()]);
  }
}

let once: ReturnType<typeof expose> | undefined;

/** Every series a worker and an API expose after a job, with its labels. */
async function exposed(): ReturnType<typeof expose> {
  return await (once ??= expose());
}

Deno.test("rules, dashboard and scaler speak of metrics and labels that worker and API really have", async () => {
  const found = await exposed();
  const recorded = new Set(rules.map(({ record }) => record));
  const ofTheScrape = ["job", "instance"];
  assert.ok(expressions().length > 60);
  for (const { where, expr } of expressions()) {
    const { metrics, labels } = spokenOf(expr);
    assert.ok(metrics.length > 0, where);
    const known = new Set(ofTheScrape);
    for (const metric of metrics) {
      assert.ok(
        metric === "up" || recorded.has(metric) || found.has(metric),
        `${where}: there is no ${metric}`,
      );
      for (const label of found.get(metric) ?? []) known.add(label);
    }
    for (const label of labels) {
      assert.ok(known.has(label), `${where}: ${metrics.join()} has no label ${label}`);
    }
  }
  const hpa = (await manifests()).find(({ kind }) => kind === "HorizontalPodAutoscaler")!.body;
  const [{ external: { metric } }] = hpa.spec.metrics;
  assert.ok(found.has(metric.name));
  for (const { key } of metric.selector.matchExpressions) assert.ok(found.get(metric.name)!.has(key));
});

Deno.test("13 whatever an alert is about can be seen on the dashboard", () => {
  const bases = new Map(rules.map(({ record, expr }) => [record, spokenOf(expr).metrics]));
  const ofHistogram = /_(bucket|sum|count)$/;
  const based = (metric: string) =>
    [metric, ...bases.get(metric) ?? []].map((name) => name.replace(ofHistogram, ""));
  const exprs = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const shown = new Set(exprs.flatMap((expr) => spokenOf(expr).metrics.flatMap(based)));
  const alerts = rules.filter(({ alert }) => alert !== undefined);
  assert.ok(alerts.length > 8);
  for (const { alert, expr } of alerts) {
    const seen = spokenOf(expr).metrics.some((metric) => based(metric).some((name) => shown.has(name)));
    assert.ok(seen, `${alert}: no panel shows any of ${spokenOf(expr).metrics}`);
  }
});

/** Names in the pages for operators that can only be meant as metrics, and the expressions these pages show. */
async function documented(): Promise<
  { readonly names: readonly string[]; readonly queries: readonly string[] }
> {
  const pages = ["docs/metrics.md", "docs/deploy.md", "docs/runbooks/backtest-job-runner.md"];
  const text = (await Promise.all(pages.map(read))).join("\n");
  const spans = [...text.matchAll(/`([a-z0-9_]+)(?:\{[^`]*\})?`/g)].map(([, name]) => name!);
  const blocks = [...text.matchAll(/^```promql\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
  return {
    names: spans.filter((name) => isMetricName.test(name) && name !== jobErrorCode),
    queries: blocks.flatMap((block) =>
      block.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
    ),
  };
}

const isMetricName =
  /^(backtest_(job_runner|api|queue|database|candle|compute|event|build|wasm|batches|variants|bar)|queue_wait|job_(retry|exec)|process)_\w+$/;
/** What a job failed of, not a metric. */
const jobErrorCode = "backtest_job_runner_failed";

Deno.test("the pages for operators speak of metrics that worker and API really have", async () => {
  const found = await exposed();
  const { names, queries } = await documented();
  assert.ok(names.length > 30 && queries.length > 4, `${names.length} names, ${queries.length} queries`);
  for (const name of names) assert.ok(found.has(name) || found.has(`${name}_bucket`), `There is no ${name}`);
  for (const { metrics } of queries.map(spokenOf)) {
    for (const metric of metrics) assert.ok(found.has(metric), `There is no ${metric}`);
  }
});

Deno.test("spokenOf() finds metrics and labels, and refuses what is no PromQL", () => {
  assert.deepEqual(spokenOf('sum by (le) (rate(a_bucket{b="c"}[5m])) / max(d:e)'), {
    metrics: ["a_bucket", "d:e"],
    labels: ["le", "b"],
  });
  assert.throws(() => spokenOf("sum(rate(a[5m])"), /is no PromQL/);
});

Deno.test("Prometheus scrapes the services of compose.yaml where these listen", async () => {
  const { scrape_configs } = parse(await read("deploy/prometheus/prometheus.yml"));
  const { services } = parse(await read("compose.yaml"), { merge: true });
  for (const { job_name, dns_sd_configs: [{ names, port }] } of scrape_configs) {
    const [name] = names;
    assert.equal(job_name, `backtest-${name}`);
    assert.ok(services[name].command.some((arg: string) => arg.includes(`0.0.0.0:${port}`)), name);
    assert.ok(
      services[name].networks.some((net: string) => services.prometheus.networks.includes(net)),
      name,
    );
  }
});
