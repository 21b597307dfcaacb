import { type Command, InvalidArgumentError, Option } from "commander";
import {
  type BadRows,
  badRowsChoices,
  type CandleReading,
  isZone,
  stampChoices,
  type TimeUnit,
  timeUnits,
} from "../core/bars/mod.ts";

/** What a command line says about reading a candle file. */
export interface ReadingOptions {
  readonly timeUnit?: TimeUnit;
  readonly timeZone?: string;
  readonly stamp?: "open" | "close";
  readonly missing?: readonly string[];
  readonly badRows?: BadRows;
}

const missingMax = 20;
const missingLengthMax = 20;

/** Adds the options by which every command that reads a candle file is told what the file does not say. */
export function addReadingOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--time-unit <unit>", "unit of epoch stamps; default told from the last row")
        .choices([...timeUnits]),
    )
    .option("--time-zone <zone>", "zone of times without offset, as in America/New_York; default UTC", zone)
    .addOption(
      new Option("--stamp <moment>", "which moment of its candle a stamp names; default open")
        .choices([...stampChoices]),
    )
    .option("--missing <texts>", "texts that stand for a missing value, as in NA,null", missingTexts)
    .addOption(
      new Option("--bad-rows <choice>", "rows that no candle can be like: refuse the file, or skip them")
        .choices([...badRowsChoices]),
    );
}

/** The part of it that is about a file. */
export function readingOf({ timeUnit, timeZone, stamp, missing }: ReadingOptions): CandleReading {
  return {
    ...(timeUnit ? { timeUnit } : {}),
    ...(timeZone ? { timeZone } : {}),
    ...(stamp ? { stamp } : {}),
    ...(missing ? { missing } : {}),
  };
}

/** What was told from a file rather than known, for people. */
export function guessLine(path: string, guess: string): string {
  return `${JSON.stringify(path)} ${guess}\n`;
}

function zone(text: string): string {
  if (isZone(text)) return text;
  throw new InvalidArgumentError(`expected a zone such as America/New_York or UTC, got "${text}"`);
}

function missingTexts(text: string, before: readonly string[] = []): readonly string[] {
  const texts = [...before, ...text.split(",").map((part) => part.trim()).filter((part) => part !== "")];
  const long = texts.find((part) => part.length > missingLengthMax);
  if (texts.length > 0 && texts.length <= missingMax && long === undefined) return texts;
  throw new InvalidArgumentError(
    `expected 1 to ${missingMax} texts of at most ${missingLengthMax} characters, got "${long ?? text}"`,
  );
}
