/**
 * Writes `docs/indicators.md` from the catalogue. `--check` writes nothing and exits 1 with one line when it is stale.
 *
 * Usage: `deno run --allow-read --allow-write=docs scripts/indicator_docs.ts [--check]`
 */

import { type AxisDefinition, catalogue, type IndicatorDefinition } from "../src/core/catalogue/mod.ts";
import { seed } from "../src/core/catalogue/lookback_terms.ts";
import { familyTitles } from "./family_titles.ts";
import { writeOrCheck } from "./generated_file.ts";

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
    "An output in italics is not scored: `indicator --output` shows it. `direction` is 1 while long and -1 while short; of",
    "`trend.supertrend` 1 upwards and -1 downwards.",
    "",
    "*Lookback* is how many bars must lie before a bar so that its value is complete, at the values in brackets, and its",
    "formula; see [Where values begin](#where-values-begin).",
    "",
    ...Object.entries(familyTitles).flatMap(([prefix, title]) => familySection(prefix, title)),
    ...beginnings(),
    ...differences(),
    ...peers(),
  ].join("\n");
}

function beginnings(): string[] {
  const windows = [5, 14, 20, 50, 200];
  const bars = (kind: "ema" | "rma" | "dema" | "tema" | "ema3", window: number) =>
    seed(kind, "window").bars({ window });
  const row = (kind: Parameters<typeof bars>[0], text: string) =>
    `| \`${kind}(window)\` | ${text} | ${windows.map((window) => bars(kind, window)).join(" | ")} |`;
  const recursive = catalogue.filter(({ lookback }) => lookback.recursive).map(({ id }) => `\`${id}\``);
  return [
    "## Where values begin",
    "",
    "An indicator over a window has its first value when the window is full: its lookback is what the window holds",
    "before its own bar. A recursive one has a value from its first bar on, seeded with the first value there is (EMA,",
    "RMA, RSI, ATR, ADX, supertrend and all made of them), and again after a hole. The share of the seed then fades from",
    "bar to bar; its lookback is the number of bars until 1 % of it is left, so that the warm-up of a run can count it.",
    "",
    `Recursive: ${recursive.join(", ")}.`,
    "",
    `| bars until 1 % is left | share of the seed after t bars | ${
      windows.map((window) => `window ${window}`).join(" | ")
    } |`,
    `| --- | --- | ${windows.map(() => "---").join(" | ")} |`,
    row("ema", "`(1 - a)^t`, `a = 2 / (window + 1)`"),
    row("rma", "`(1 - a)^t`, `a = 1 / window`"),
    row("dema", "`(1 - a)^t * (1 - a t)`, `a` as for ema"),
    row("tema", "`(1 - a)^t * (1 - 2 a t + a^2 t (t + 1) / 2)`, `a` as for ema"),
    row("ema3", "`(1 - a)^t * (1 + a t + a^2 t (t + 1) / 2)`, `a` as for ema"),
    "",
    "`rma(rma(window), smoothing)` is the same for Wilder's average of Wilder averages, as in `trend.adx`. `stop(accel_start)`",
    "is the share `(1 - accel_start)^t` of a first stop that meets no new extreme, the slowest it can fade; a turn ends",
    "it at once. Of `trend.supertrend` it is the average range that has settled then; the band itself begins anew",
    "whenever the price turns it, and a wide one that is not turned keeps its first side longer. `volume.ad_line` and",
    "`volume.obv` are totals since the first bar: their level depends on where the data begins, their changes, which the",
    "signals use, do not.",
    "",
  ];
}

function differences(): string[] {
  return [
    "## Differs from the reference, and why",
    "",
    "Where the reference implementation is another thing than its name says, the author's definition is followed. The golden",
    "series that this overturns are listed in `tests/golden/overturned.ts`.",
    "",
    "| indicator | the reference | here | why |",
    "| --- | --- | --- | --- |",
    ...catalogue.flatMap(({ id, differs }) =>
      differs === undefined ? [] : [`| \`${id}\` | ${differs.reference} | ${differs.here} | ${differs.why} |`]
    ),
    `| ${everyWindow.join(" | ")} |`,
    `| ${everyAverage.join(" | ")} |`,
    "",
    "Kept as the reference has it, and so unlike programs that begin with the mean of the first window: recursive averages",
    "start with the first value, see above.",
    "",
  ];
}

/** What holds of all sums over windows. */
const everyWindow = [
  "every average, deviation and ratio of sums over a window",
  "running sums that are never reset: after one huge tick wrong for good, noise on flat stretches (a score or a place " +
  "in bands of width 0, `momentum.stoch_rsi` below 0)",
  "made of the window's own values: exactly 0 where all are 0, and missing where the definition divides by 0",
  "a bar that has left the window is no part of it",
];

/** What holds of all recursive averages. */
const everyAverage = [
  "every recursive average, and what is made of it",
  "on a flat stretch it stops some roundings off the price: `structure.distance_to_ma_norm` grows to 10<sup>19</sup>, " +
  "`momentum.stoch_rsi` is any of 0 to 100, `momentum.macd` has a side",
  "an average that rounding keeps from coming closer has come to the price; `momentum.rsi` keeps its value on a bar " +
  "without a change; so such scores are 0, and missing where the definition divides by 0",
  "rounding is no movement of a market",
];

function peers(): string[] {
  return [
    "## Compared with TA-Lib",
    "",
    `Once the seed's share has faded, all are equal to TA-Lib 0.8.1 to 1e-6 but these, which it has no function for:`,
    `${withoutPeer.map((id) => `\`${id}\``).join(", ")} (its PERCENTRANK leaves the bar itself out,`,
    "its VWAP starts with the first bar). Candle parts, the stops and bands made of average ranges and the score are put",
    "together from its functions. `tests/golden/talib_test.ts` holds the rules and compares.",
    "",
  ];
}

/** Indicators without a TA-Lib function. */
export const withoutPeer: readonly string[] = [
  "momentum.fisher",
  "structure.percent_rank",
  "volume.vwap",
  "volume.vwap_deviation",
];

function withRule(): number {
  return catalogue.filter(({ rule }) => rule !== null).length;
}

function familySection(prefix: string, title: string): string[] {
  const members = catalogue.filter(({ id }) => id.startsWith(`${prefix}.`));
  return [
    `## ${title}`,
    "",
    "| id | what it is | inputs | axes | output | rule | lookback | origin |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...members.map((definition) => `| ${cells(definition).join(" | ")} |`),
    "",
    ...members.flatMap(lookAheadNote),
  ];
}

function cells(definition: IndicatorDefinition): string[] {
  const { id, description, inputs, axes, output, otherOutputs = [], rule, origin } = definition;
  const hasSource = axes.some(({ kind }) => kind === "source");
  return [
    `\`${id}\``,
    description,
    [...(hasSource ? ["source"] : []), ...inputs].join(", "),
    axes.map(axisText).join("; ") || "none",
    [output, ...otherOutputs.map(({ name }) => `*${name}*`)].join(", "),
    rule ?? "none",
    lookbackText(definition),
    origin,
  ].map((text) => text.replaceAll("|", "\\|"));
}

function lookbackText({ axes, lookback: { text, bars } }: IndicatorDefinition): string {
  const usual = bars(
    Object.fromEntries(axes.flatMap(({ name, single }) => single === undefined ? [] : [[name, single]])),
  );
  return text === String(usual) ? text : `${usual}: ${text}`;
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
