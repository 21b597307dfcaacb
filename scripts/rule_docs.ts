/**
 * Writes `docs/rules-reference.md` from the vocabulary of rules and the catalogue of indicators. `--check` writes nothing
 * and exits 1 with one line when it is stale.
 *
 * Usage: `deno run --allow-read --allow-write=docs scripts/rule_docs.ts [--check]`
 */

import { catalogue } from "../src/core/catalogue/mod.ts";
import {
  type Argument,
  argumentsOf,
  clocks,
  clockTexts,
  combinationsMax,
  type FunctionName,
  functions,
  functionTexts,
  type IndicatorCall,
  indicatorCalls,
  levelsMax,
  nodesMax,
  paramsMax,
  prices,
  priceTexts,
  stepsMax,
  textLengthMax,
  whereMax,
} from "../src/core/rules/mod.ts";
import { familyTitles } from "./family_titles.ts";
import { writeOrCheck } from "./generated_file.ts";

/** The text that `docs/rules-reference.md` should have. */
export function ruleDocs(): string {
  return [
    "<!-- deno-fmt-ignore-file -->",
    "",
    "# Rules: reference",
    "",
    "<!-- Written by scripts/rule_docs.ts from src/core/rules and src/core/catalogue; edit those, then run it again. -->",
    "",
    "Every name that an expression of [rules](rules.md) may hold.",
    "",
    "## Series of the candles",
    "",
    ...table(["name", "is"], prices.map((name) => [code(name), priceTexts[name]])),
    "",
    "Of the time at which a bar opens, in UTC:",
    "",
    ...table(["name", "is"], clocks.map((name) => [code(name), clockTexts[name]])),
    "",
    "## Functions",
    "",
    "x and y are series, or numbers where the table says so; c is a condition; n is a number that is an integer. `x, c`",
    "takes either. A function of series gives a series, one of numbers a number.",
    "",
    ...table(
      ["call", "arguments", "is", "unknown"],
      (Object.keys(functions) as FunctionName[]).map((name) => {
        const args = argumentsOf(name);
        const { value, unknown } = functionTexts[name];
        return [
          code(`${name}(${args.map(written).join(", ")})`),
          args.map(argumentText).join("; "),
          value,
          unknown,
        ];
      }),
    ),
    "",
    "## Indicators",
    "",
    "Arguments with a value here may be left out, from the end: they then have it. The first output is what the bare call",
    "means; others are read with a point, `macd(close).histogram`. A source may be any series, `ema(rsi(close, 14), 9)`.",
    "What an indicator is, where it is from and how many bars it looks back is in [Indicators](indicators.md).",
    "",
    ...Object.entries(familyTitles).flatMap(([family, title]) => familySection(family, title)),
    ...refused(),
    "## Limits",
    "",
    ...table(["of", "at most"], [
      ["parameters", `${paramsMax}`],
      ["conditions of `where`", `${whereMax}`],
      ["combinations before `where`", combinationsMax.toLocaleString("en")],
      [
        "values of conditions of `where`, and of windows and numbers, for each combination of the parameters they depend on",
        stepsMax.toLocaleString("en"),
      ],
      ["characters of a text", textLengthMax.toLocaleString("en")],
      ["levels of parentheses, calls, `not` and `-` inside one another", `${levelsMax}`],
      ["numbers, names, operators, calls and outputs of all sides, definitions put in", `${nodesMax}`],
    ]),
    "",
  ].join("\n");
}

function familySection(family: string, title: string): string[] {
  const members = calls().filter(({ definition: { id, lookAhead } }) =>
    id.startsWith(`${family}.`) && lookAhead === 0
  );
  return [
    `### ${title}`,
    "",
    ...table(
      ["call", "bounds", "outputs"],
      members.map(({ name, args, outputs, definition }) => [
        code(`${name}(${args.map(written).join(", ")})`),
        boundsText(args, definition.ordered),
        outputs.map(code).join(", "),
      ]),
    ),
    "",
  ];
}

/** Numbers among the arguments, those with the same bounds together. */
function boundsText(args: readonly Argument[], ordered: { low: string; high: string } | undefined): string {
  const byBounds = Map.groupBy(
    args.filter(({ kind }) => kind === "number"),
    ({ min, max, integer }) => `${integer ? "integer" : "number"} from ${min} to ${max}`,
  );
  const texts = [...byBounds].map(([bounds, members]) =>
    `${members.map(({ name }) => name).join(", ")}: ${bounds}`
  );
  if (ordered !== undefined) texts.push(`${ordered.low} not above ${ordered.high}`);
  return texts.join("; ") || "none";
}

/** Those that read the future. */
function refused(): string[] {
  const names = calls().filter(({ definition }) => definition.lookAhead !== 0).map(({ name }) => code(name));
  return [`Refused, as it reads the future: ${names.join(", ")}. Use \`ichimoku_causal\`.`, ""];
}

function calls(): readonly IndicatorCall[] {
  return catalogue.map(({ id }) => indicatorCalls.get(id.slice(id.lastIndexOf(".") + 1))!);
}

/** An argument in a call: with the value it has when left out. */
function written({ name, kind, usual }: Argument): string {
  const shown = kind === "any" ? "x" : name;
  return usual === undefined
    ? shown
    : `${shown} = ${typeof usual === "string" ? JSON.stringify(usual) : usual}`;
}

function argumentText({ name, kind, min, max, integer }: Argument): string {
  switch (kind) {
    case "series":
      return `${name}: a series`;
    case "condition":
      return `${name}: a condition`;
    case "value":
      return `${name}: a series or a number`;
    case "any":
      return `${name}: a series or a condition`;
    case "text":
      return `${name}: a text`;
    case "number":
      return `${name}: ${integer ? "an integer" : "a number"} from ${min} to ${max}`;
  }
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

if (import.meta.main) {
  const file = { path: "docs/rules-reference.md", text: ruleDocs(), script: "scripts/rule_docs.ts" };
  Deno.exit(await writeOrCheck(file, Deno.args));
}
