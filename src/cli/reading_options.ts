import { type Command, InvalidArgumentError, Option } from "commander";
import type { z } from "zod";
import { columnRoles } from "../core/bars/mod.ts";
import {
  type FileReading,
  fileReadingFields,
  type FileReadingName,
  toFileReading,
} from "../schema/file_reading.ts";

/** What a command line says about reading candle files: options by their names in code. */
export type ReadingOptions = FileReading;

/** How flags take their values and what they are for. */
const flags: Readonly<Record<FileReadingName, readonly [value: string, help: string]>> = {
  column: ["<role=name>", `which column is what, as in close=Last; roles are ${columnRoles.join(", ")}`],
  time_unit: ["<unit>", "unit of epoch stamps; default told from the last row"],
  time_zone: ["<zone>", "zone of times without offset, as in America/New_York; default UTC"],
  date_order: ["<order>", "order of day and month, where the dates leave it open"],
  stamp: ["<moment>", "which moment of its candle a stamp names; default open"],
  delimiter: [
    "<character>",
    "what stands between fields: a character, tab or blank; default told from the rows",
  ],
  decimal: ["<sign>", "what stands before the fraction of a number; default told from the rows"],
  missing: ["<texts>", "texts that stand for a missing value, as in NA,null"],
  sort: ["", "take rows in any order"],
  duplicates: ["<which>", "rows of one time: take the first or the last, or refuse the file; default refuse"],
  bad_rows: ["<choice>", "rows that no candle can be like: refuse the file, or skip them"],
  pick: ["<instrument>", "the instrument to take from a file that holds several"],
  adjusted: ["", "scale all four prices by adjusted close / close"],
};

/** Adds the options by which every command that reads candle files is given what the files do not say. */
export function addReadingOptions(command: Command): Command {
  for (const name of Object.keys(flags) as FileReadingName[]) {
    const [value, help] = flags[name];
    const option = new Option(`--${name.replaceAll("_", "-")} ${value}`.trim(), help);
    const choices = choicesOf(fileReadingFields[name]);
    if (choices !== null) option.choices(choices);
    else if (value !== "") {
      option.argParser((text: string, before: unknown) => parsed(name, { text, before }));
    }
    command.addOption(option);
  }
  return command;
}

/** What flags say of reading files; what a config says of a market counts where they are silent. */
export function readingOf(options: ReadingOptions, ofMarket: FileReading = {}): FileReading {
  const given = Object.fromEntries(
    Object.entries(options).filter(([name]) => names.has(name)),
  ) as FileReading;
  const column = { ...ofMarket.column, ...given.column };
  return { ...ofMarket, ...given, ...(Object.keys(column).length > 0 ? { column } : {}) };
}

const names = new Set(Object.keys(toFileReading(flags as Readonly<Record<string, unknown>>)));

/** What was told from a file rather than known, for people. */
export function guessLine(path: string, guess: string): string {
  return `${JSON.stringify(path)} ${guess}\n`;
}

function choicesOf(schema: z.ZodType): string[] | null {
  const values = (schema as { readonly values?: ReadonlySet<string> }).values;
  return values instanceof Set ? [...values] : null;
}

function parsed(
  name: FileReadingName,
  { text, before }: { readonly text: string; readonly before: unknown },
) {
  const value = name === "column"
    ? withColumn(text, before as Readonly<Record<string, string>> | undefined)
    : name === "missing"
    ? [...(before as readonly string[] | undefined ?? []), ...listed(text)]
    : text;
  const { success, data, error } = fileReadingFields[name].safeParse(value);
  if (success) return data;
  const expected = error.issues[0]!.message;
  throw new InvalidArgumentError(`expected ${expected}, got "${text}"`);
}

function withColumn(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, role, column] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (role === undefined || !(columnRoles as readonly string[]).includes(role.trim())) {
    throw new InvalidArgumentError(
      `expected one of ${columnRoles.join(", ")}, "=" and a column, got "${text}"`,
    );
  }
  return { ...before, [role.trim()]: column! };
}

function listed(text: string): readonly string[] {
  const texts = text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  return texts.length === 0 ? [""] : texts;
}
