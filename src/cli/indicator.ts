import { type Command, InvalidArgumentError } from "commander";
import { formatTimestamp } from "../core/text/mod.ts";
import { type IndicatorSeries, indicatorSeries } from "../usecases/indicator_series.ts";
import type { CliDeps } from "./deps.ts";
import { timeframe } from "./options.ts";
import { readerPart } from "../schema/file_reading.ts";
import { addReadingOptions, guessLine, readingOf, type ReadingOptions } from "./reading_options.ts";
import { warningLines } from "./render/warning_lines.ts";

type Values = Readonly<Record<string, number | string>>;

interface IndicatorOptions extends ReadingOptions {
  readonly candles: string;
  readonly id: string;
  readonly input: Values;
  readonly param: Values;
  readonly output?: string;
  readonly candleTimeframe?: number;
  readonly config?: string;
  readonly json?: boolean;
}

/** `indicator`: one indicator over the rows of a candle file. */
export function addIndicatorCommand(program: Command, deps: CliDeps): void {
  const command = program.command("indicator")
    .description("Compute one indicator over the rows of a candle file, as they are")
    .requiredOption("--candles <path>", "a file of any format, a folder or a pattern of them")
    .requiredOption("--id <id>", "indicator, such as ma.sma")
    .option("--input <name=value>", "source=hlc3; default the close", collectInput, {})
    .option(
      "--param <name=value>",
      "window=20; may be repeated, the rest takes usual values",
      collectParam,
      {},
    )
    .option("--candle-timeframe <tf>", "timeframe of the file; default its spacing", timeframe);
  addReadingOptions(command)
    .option("--config <file>", "runtime config")
    .option("--output <name>", "another output than the scored one: direction of trend.psar")
    .option("--json", "print one JSON object: id and values, null where there is none")
    .action((options: IndicatorOptions) => indicator(options, deps));
}

async function indicator(
  { id, input, param, output, ...options }: IndicatorOptions,
  deps: CliDeps,
): Promise<void> {
  const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
  const reading = readingOf(options);
  const candles = deps.openCandles({
    path: options.candles,
    ...(options.candleTimeframe === undefined ? {} : { timeframeMs: options.candleTimeframe }),
    reading: readerPart(reading),
    badRows: reading.badRows ?? config.candles.bad_rows ?? "skip",
    onGuess: (guess) => deps.err(guessLine(options.candles, guess)),
  });
  const values = { ...input, ...param };
  const request = output === undefined ? { id, values } : { id, values, output };
  const series = await indicatorSeries(request, { candles, indicators: deps.indicators });
  deps.err(warningLines(series.warnings));
  deps.out(options.json ? asJson(series) : asColumns(series));
}

function asJson({ id, values }: IndicatorSeries): string {
  // JSON has no NaN: it becomes null
  return `${JSON.stringify({ id, values: [...values] })}\n`;
}

function asColumns({ tsOpenMs, values }: IndicatorSeries): string {
  const line = (value: number, bar: number) =>
    `${formatTimestamp(tsOpenMs[bar]!)}  ${Number.isNaN(value) ? "-" : value}\n`;
  return Array.from(values, line).join("");
}

function collectInput(text: string, before: Values): Values {
  const [name, value] = assignment(text);
  if (name !== "source") throw new InvalidArgumentError(`the only input is source, got "${text}"`);
  return { ...before, source: value };
}

function collectParam(text: string, before: Values): Values {
  const [name, value] = assignment(text);
  if (name === "source") throw new InvalidArgumentError(`source is an input: --input ${text}`);
  return { ...before, [name]: decimal.test(value) ? Number(value) : value };
}

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

function assignment(text: string): readonly [string, string] {
  const [, name, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError(`expected name=value, got "${text}"`);
  }
  return [name.trim(), value.trim()];
}
