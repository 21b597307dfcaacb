import type { TimeRange } from "../bars/mod.ts";
import type { ExecutionSettings, TradeColumns } from "../execution/mod.ts";
import type { ReportDesk } from "./report_desk.ts";
import { formatMetric } from "./report_format.ts";
import { metricFormats, type MetricName, type ReportFigures, reportFigures } from "./report_rows.ts";

/** One line of a report. */
export interface ReportRow {
  readonly metric: MetricName;
  /** Printed value, `N/A` where there is none. */
  readonly value: string;
}

/** The 25 metrics of one variant, as rows and as a Markdown table without a final line end. */
export interface Report {
  /** Their values before printing, and those without a row. */
  readonly figures: ReportFigures;
  readonly rows: readonly ReportRow[];
  readonly tableMd: string;
}

/** What a report is built from. */
export interface ReportInput {
  readonly trades: TradeColumns;
  /** Room of the timeline the trades were made on. */
  readonly desk: ReportDesk;
  /** The range the figures are of, which need not lie on bars; it heads the table. */
  readonly requestRange: TimeRange;
  /** How many daily returns make a year. */
  readonly daysPerYear: number;
  readonly execution: Pick<ExecutionSettings, "init_cash_quote">;
}

/** Builds the report of a replayed variant. The same trades always give the same bytes. */
export function buildReport({ execution, ...input }: ReportInput): Report {
  const figures = reportFigures({ ...input, initCash: execution.init_cash_quote });
  const rows = metricNames.map((metric) => ({
    metric,
    value: formatMetric(figures.rows[metric], metricFormats[metric]),
  }));
  return { figures, rows, tableMd: markdown(rows) };
}

const metricNames = Object.keys(metricFormats) as MetricName[];

function markdown(rows: readonly ReportRow[]): string {
  return ["|Metric|Value|", "|---|---|", ...rows.map((row) => `|${row.metric}|${row.value}|`)].join("\n");
}
