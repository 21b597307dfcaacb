import assert from "node:assert/strict";
import { parse } from "yaml";
import { hasPrograms } from "../helpers/optional_program.ts";

const root = new URL("../../", import.meta.url);
const rulesPath = "deploy/prometheus/backtest.rules.yml";
const testPath = "tests/deploy/backtest.rules_test.yml";
const withoutPromtool = !await hasPrograms("promtool");

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const read = (path: string) => Deno.readTextFile(new URL(path, root));
const { groups } = parse(await read(rulesPath)) as { groups: readonly { rules: readonly Rule[] }[] };
const alerts = groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);

async function promtool(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("promtool", { args: [...args], cwd: root })
    .output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(code, 0, text);
  return text;
}

Deno.test({
  name: "promtool accepts config and rules, and finds each alert silent and firing as it should be",
  ignore: withoutPromtool,
  async fn() {
    assert.match(
      await promtool("check", "config", "deploy/prometheus/prometheus.yml"),
      /SUCCESS: 1 rule files found/,
    );
    assert.match(await promtool("check", "rules", rulesPath), /SUCCESS/);
    assert.match(await promtool("test", "rules", testPath), /SUCCESS/);
  },
});

Deno.test("each alert is shown to fire and to be silent", async () => {
  const { tests } = parse(await read(testPath));
  const cases: readonly { alertname: string; exp_alerts: readonly unknown[] }[] = tests.flatMap(
    ({ alert_rule_test }: { alert_rule_test: unknown }) => alert_rule_test,
  );
  const shown = (fires: boolean) =>
    cases.filter(({ exp_alerts }) => (exp_alerts.length > 0) === fires).map(({ alertname }) => alertname);
  const names = alerts.map(({ alert }) => alert!);
  assert.deepEqual([...new Set(shown(true))].sort(), [...names].sort());
  const silent = new Set(shown(false));
  // shown by the alert of the one worker, of two, that is there
  const alwaysSomebody = ["BacktestWorkerDown"];
  assert.deepEqual(names.filter((name) => !silent.has(name)), alwaysSomebody);
});

Deno.test("each alert says how bad it is, what is the matter, and where the runbook says what to do", async () => {
  const runbook = await read("docs/runbooks/backtest-job-runner.md");
  const anchors = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, title]) => anchor(title!));
  for (const { alert, labels, annotations } of alerts) {
    assert.ok(["critical", "warning", "info"].includes(labels?.severity ?? ""), alert);
    assert.ok(annotations?.summary, alert);
    const [path, place = ""] = annotations.runbook_url!.split("#");
    assert.equal(path, "docs/runbooks/backtest-job-runner.md", alert);
    assert.ok(anchors.includes(place), `${alert}: the runbook has no #${place}, but ${anchors.join(", ")}`);
  }
});

/** A heading's anchor, as Git hosts make it. */
function anchor(title: string): string {
  return title.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-");
}
