import Table from "cli-table3";
import type { RunComparison, RunContext, RunResult, RunStatus } from "../../answers/run.ts";

/** A run as lines of `name: value`. */
export function runLines(run: RunStatus): string {
  const { run_id, state, phase, step_index, total_steps, timeout_holds, decision_deadline_at, error } = run;
  const lines = [
    `run: ${run_id}`,
    `state: ${state}${phase === null ? "" : `, ${phase}`}`,
    `steps: ${step_index}/${total_steps}, ${timeout_holds} without a decision`,
    ...(decision_deadline_at === null ? [] : [`deadline: ${decision_deadline_at}`]),
    ...(error === null ? [] : [`error: ${error.code}: ${error.message}`]),
    ...Object.entries(run.metrics ?? {}).map(([name, value]) => `${name}: ${value ?? "-"}`),
    ...(run.compare_url === null ? [] : [`compare: ${run.compare_url}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Bars that a context shows as lines. */
const barsShown = 10;

/** What an agent may see, short enough for a person. */
export function contextLines(context: RunContext): string {
  const { step_index, total_steps, state, phase, bars, indicators, portfolio } = context;
  const head = [
    `state: ${state}${phase === null ? "" : `, ${phase}`}`,
    `step: ${step_index}/${total_steps}`,
  ];
  if (bars === null || indicators === null || portfolio === null) return `${head.join("\n")}\n`;
  const from = Math.max(0, bars.length - barsShown);
  const columns = ["open time", "open", "high", "low", "close", "volume"];
  const table = new Table({
    head: [...columns, ...indicators.map(({ indicator_id }) => indicator_id)],
    style: { head: [], border: [] },
  });
  for (const [i, bar] of bars.slice(from).entries()) {
    const values = indicators.map(({ values }) => values[from + i]!);
    table.push([...bar, ...values].map((value) => String(value ?? "-")));
  }
  const { position, equity_quote } = portfolio;
  const held = position === null
    ? "flat"
    : `${position.side} ${position.qty_base} since ${position.entry_ts}`;
  const due = context.risk_exit_due === null ? "" : `, ${context.risk_exit_due} is due`;
  const tail = [`account: ${held}, equity ${equity_quote ?? "unknown"}${due}`];
  return `${[...head, table.toString(), ...tail].join("\n")}\n`;
}

/** The figures of a run beside those of its baselines. */
export function runResultLines({ run, metrics }: RunResult, compared: RunComparison | null): string {
  const columns = compared?.runs.map(({ agent_name, metrics }) => ({ name: agent_name, metrics })) ??
    [{ name: run.agent_name, metrics }];
  const table = new Table({
    head: ["", ...columns.map(({ name }) => name ?? "")],
    style: { head: [], border: [] },
  });
  for (const name of Object.keys(metrics) as (keyof typeof metrics)[]) {
    table.push([name, ...columns.map(({ metrics }) => String(metrics?.[name] ?? "-"))]);
  }
  return `${table.toString()}\n`;
}
