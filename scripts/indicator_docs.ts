/**
 * Writes `docs/indicators.md` from the catalogue. `--check` writes nothing and exits 1 with one line when it is stale.
 *
 * Usage: `deno run --allow-read --allow-write=docs scripts/indicator_docs.ts [--check]`
 */

import { catalogue } from "../src/core/catalogue.ts";
import type { AxisDefinition, IndicatorDefinition } from "../src/core/catalogue/definition.ts";
import { writeOrCheck } from "./generated_file.ts";

const families: Readonly<Record<string, string>> = {
  ma: "Moving averages",
  momentum: "Momentum",
  structure: "Structure",
  trend: "Trend",
  volatility: "Volatility",
  volume: "Volume",
};

/** The text that `docs/indicators.md` should have. */
export function indicatorDocs(): string {
  return [
    "<!-- deno-fmt-ignore-file -->",
    "",
    "# Indicators",
    "",
    "<!-- Written by scripts/indicator_docs.ts from src/core/catalogue; edit that, then run it again. -->",
    "",
    `What \`indicator_id\` may be: ${catalogue.length} ids, of which ${withRule()} can be used in a strategy.`,
    "Input is f32; everything is computed in f64 and rounded once to f32. A missing input gives a missing value.",
    "",
    "Axes are in enumeration order, the first one slowest, with their bounds and the value `indicator` falls back to",
    "in brackets. An axis in italics is accepted, counted and part of the variant key, but does not change the output",
    "that is scored: such variants are computed once. Rules are explained in [Signals](signals.md).",
    "",
    ...Object.entries(families).flatMap(([prefix, title]) => familySection(prefix, title)),
  ].join("\n");
}

function withRule(): number {
  return catalogue.filter(({ rule }) => rule !== null).length;
}

function familySection(prefix: string, title: string): string[] {
  const members = catalogue.filter(({ id }) => id.startsWith(`${prefix}.`));
  return [
    `## ${title}`,
    "",
    "| id | what it is | inputs | axes | output | rule | origin |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...members.map((definition) => `| ${cells(definition).join(" | ")} |`),
    "",
    ...members.flatMap(lookAheadNote),
  ];
}

function cells({ id, description, inputs, axes, output, rule, origin }: IndicatorDefinition): string[] {
  const hasSource = axes.some(({ kind }) => kind === "source");
  return [
    `\`${id}\``,
    description,
    [...(hasSource ? ["source"] : []), ...inputs].join(", "),
    axes.map(axisText).join("; ") || "none",
    output,
    rule ?? "none",
    origin,
  ].map((text) => text.replaceAll("|", "\\|"));
}

function axisText({ name, kind, min, max, step, single, sources, inert }: AxisDefinition): string {
  if (kind === "source") return `${name}: ${sources?.join(", ")}`;
  const text = `${name} ${min}..${max}${kind === "float" ? ` step ${step}` : ""} (${single})`;
  return inert ? `*${text}*` : text;
}

function lookAheadNote({ id, lookAhead }: IndicatorDefinition): string[] {
  if (lookAhead === 0) return [];
  const bars = typeof lookAhead === "number" ? lookAhead : `\`${lookAhead}\``;
  return [`\`${id}\` reads ${bars} bars of the future; results that use it carry a warning.`, ""];
}

if (import.meta.main) {
  const file = { path: "docs/indicators.md", text: indicatorDocs(), script: "scripts/indicator_docs.ts" };
  Deno.exit(await writeOrCheck(file, Deno.args));
}
