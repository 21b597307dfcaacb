import assert from "node:assert/strict";
import { parse } from "yaml";
import { grafanaDashboard, type Panel } from "./dashboard.ts";
import { typeErrors } from "./type_check.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, root));
const dashboard = await grafanaDashboard();
const { panels } = dashboard;

/** Grafana's own types, whose enumerations are texts in a file. */
const header = `
import type { Dashboard, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";
import type { Options as StatOptions } from "@grafana/grafana-foundation-sdk/stat";
import type { FieldConfig, Options as TimeOptions } from "@grafana/grafana-foundation-sdk/timeseries";
type InFile<T> = 0 extends 1 & T ? T
  : T extends string ? \`\${T}\`
  : T extends object ? { [Key in keyof T]?: InFile<T[Key]> }
  : T;
`;

interface Typed {
  readonly type: string;
  readonly value: unknown;
}

function typed(panel: Panel): readonly Typed[] {
  if (panel.type === "row") return [{ type: "RowPanel", value: panel }];
  const { targets = [], ...rest } = panel;
  const { options, fieldConfig } = rest;
  return [
    { type: "Panel", value: rest },
    ...targets.map((value) => ({ type: "Dataquery", value })),
    ...panel.type === "stat" ? [{ type: "StatOptions", value: options }] : [
      { type: "TimeOptions", value: options },
      { type: "FieldConfig", value: fieldConfig?.defaults.custom },
    ],
  ];
}

function asTypeScript(found: readonly Typed[]): string {
  const lines = found.map(({ type, value }, i) =>
    `export const value${i}: InFile<${type}> = ${JSON.stringify(value)};`
  );
  return [header, ...lines].join("\n");
}

Deno.test("the dashboard has no member that Grafana does not know, and none of a wrong type", async () => {
  const { panels: _, ...rest } = dashboard;
  const all = [{ type: "Dashboard", value: rest }, ...panels.flatMap(typed)];
  assert.equal(await typeErrors(asTypeScript(all)), "");
  const wrong = { type: "FieldConfig", value: { drawStyle: "wave", lineWidht: 1 } };
  assert.match(await typeErrors(asTypeScript([wrong])), /wave[\s\S]*lineWidht|lineWidht[\s\S]*wave/);
});

Deno.test("the dashboard is one Grafana takes: ids of its own, panels side by side, one data source to choose", () => {
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const taken = new Set<string>();
  for (const { title, type, gridPos: { x, y, w, h }, targets = [] } of panels) {
    assert.ok(["row", "stat", "timeseries"].includes(type), title);
    assert.equal(type === "row", targets.length === 0, title);
    assert.ok(x + w <= 24, title);
    for (let i = x; i < x + w; i++) {
      for (let j = y; j < y + h; j++) {
        assert.ok(!taken.has(`${i},${j}`), `${title} lies on another panel`);
        taken.add(`${i},${j}`);
      }
    }
  }
  assert.deepEqual(dashboard.templating.list.map(({ name, type }) => [name, type]), [
    ["datasource", "datasource"],
  ]);
});

Deno.test("Grafana is told of the dashboard and of the Prometheus of compose.yaml", async () => {
  const { providers } = parse(await read("deploy/grafana/provisioning/dashboards/backtest.yml"));
  const { datasources } = parse(await read("deploy/grafana/provisioning/datasources/prometheus.yml"));
  const { services } = parse(await read("compose.yaml"), { merge: true });
  const [{ options: { path } }] = providers;
  assert.ok(services.grafana.volumes.includes(`./deploy/grafana/dashboards:${path}:ro`));
  assert.equal(datasources[0].url, "http://prometheus:9090");
  assert.ok(services.prometheus.networks.some((name: string) => services.grafana.networks.includes(name)));
});
