/** A panel of the dashboard, or the heading of a row of panels. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  readonly options?: unknown;
  readonly fieldConfig?: { readonly defaults: { readonly custom?: unknown } };
}

/** The dashboard as Grafana reads it. */
export interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
}

const path = new URL("../../deploy/grafana/dashboards/backtest-job-runner.json", import.meta.url);

/** The dashboard file. */
export async function grafanaDashboard(): Promise<Dashboard> {
  return JSON.parse(await Deno.readTextFile(path));
}
