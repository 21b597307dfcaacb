import { type Command, InvalidArgumentError } from "commander";
import type { RuleValue } from "../../ports/rule_probe.ts";
import { numberText } from "../../core/rules/mod.ts";
import { shownF32 } from "../../core/bars/mod.ts";
import { parseTimeOrDate } from "../../core/text/mod.ts";
import {
  type ExplainedPart,
  explainRules,
  type RuleExplanation,
  rulesWith,
} from "../../usecases/explain_rules.ts";
import type { CommandDeps } from "../deps.ts";
import { warningLines } from "../render/warning_lines.ts";
import { addSeriesOptions, openSeries, seriesMarket, type SeriesOptions } from "../series_options.ts";
import { compiledOrShown, readRulesRequest } from "./rules_file.ts";

type Values = Readonly<Record<string, number | string>>;

interface ExplainOptions extends SeriesOptions {
  readonly bar: number;
  readonly set: Values;
  readonly config?: string;
  readonly json?: boolean;
}

/** `rules explain`: what every subexpression is on one bar, and what is held there. */
export function addExplainCommand(rules: Command, deps: CommandDeps): void {
  const command = rules.command("explain")
    .description("Show the value of every subexpression of a strategy on one bar, and what it holds and why")
    .argument("<file>", "request as JSON or YAML; - for stdin")
    .requiredOption("--bar <time>", "a moment of the bar, or its date: 2024-01-31T09:30:00Z", moment)
    .option(
      "--set <name=value>",
      "value of a parameter; may be repeated, the rest are those of the first variant",
      collectSet,
      {},
    );
  addSeriesOptions(command)
    .option("--config <file>", "runtime config")
    .option("--json", "print one JSON object")
    .action((file: string, options: ExplainOptions) => explain(file, { options, deps }));
}

async function explain(
  file: string,
  { options, deps }: { readonly options: ExplainOptions; readonly deps: CommandDeps },
): Promise<void> {
  const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
  const request = await readRulesRequest(file, { verb: "explain", deps });
  const { template: { rules, timeframe, instrument_id: { market_id: marketId } } } = request;
  if (compiledOrShown(rules, { timeframe, deps }) === null) return;
  if (compiledOrShown(rulesWith(rules, options.set), { timeframe, deps }) === null) return;
  const explanation = await explainRules({ request, set: options.set, atMs: options.bar }, {
    candles: openSeries(options, { marketId, config, deps }),
    probe: deps.rules,
    defaults: config,
    marketOf: seriesMarket(config.markets, options),
  });
  deps.err(warningLines(explanation.warnings));
  deps.out(options.json ? `${JSON.stringify(explanation)}\n` : shownText(explanation));
}

function shownText({ bar, params, beyond, members, state }: RuleExplanation): string {
  const values = Object.entries(params).map(([name, value]) =>
    `${name} = ${value}${beyond.includes(name) ? " (no value of the request)" : ""}`
  );
  const head = [
    `bar         ${bar.ts_open} to ${bar.ts_close}, ${bar.index + 1} of ${bar.bars}`,
    `parameters  ${values.join(", ") || "none"}`,
    ...(state === null ? ["state       none, the bar is not in the range"] : [
      `state       ${state.now} since ${state.since}` +
      `${
        state.until === null ? ", to the end" : `, until ${state.until}`
      }; ${state.before} on the bar before`,
      `why         ${state.why.join("; ")}`,
    ]),
  ];
  const rows = Object.entries(members).flatMap(([member, part]) => [["", "", member], ...rowsOf(part, 1)]);
  const widths = [0, 1].map((column) =>
    Math.max(column === 0 ? "before".length : "now".length, ...rows.map((row) => row[column]!.length))
  );
  const table = [["before", "now", ""], ...rows].map((row) =>
    row.map((cell, column) => column < 2 ? cell.padStart(widths[column]!) : cell).join("  ").trimEnd()
  );
  return [...head, "", ...table, ""].join("\n");
}

/** Values of a part and of those it is made of, indented; what a text says itself is not repeated. */
function rowsOf(part: ExplainedPart, depth: number): readonly (readonly string[])[] {
  const on = part.on_bar === undefined || depth === 0 ? "" : ` [bar of ${part.on_bar}]`;
  const row = [
    shownValue(part.before, part),
    shownValue(part.now, part),
    `${"  ".repeat(depth)}${part.text}${on}`,
  ];
  const parts = part.parts.filter(({ type, parts }) => type !== "number" || parts.length > 0);
  return [row, ...parts.flatMap((inner) => rowsOf(inner, depth + 1))];
}

function shownValue(value: RuleValue, { type }: ExplainedPart): string {
  if (value === null) return "unknown";
  if (typeof value === "boolean") return String(value);
  return type === "number" ? numberText(value) : shownF32(value);
}

function moment(text: string): number {
  const epochMs = parseTimeOrDate(text.trim());
  if (epochMs === null) {
    throw new InvalidArgumentError(`expected a time such as 2024-01-31T09:30:00Z or a date, got "${text}"`);
  }
  return epochMs;
}

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

function collectSet(text: string, before: Values): Values {
  const [, name, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError(`expected name=value, got "${text}"`);
  }
  const given = value.trim();
  return { ...before, [name.trim()]: decimal.test(given) ? Number(given) : given };
}
