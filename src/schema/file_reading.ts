import { z } from "zod";
import {
  type BadRows,
  badRowsChoices,
  type CandleReading,
  columnRoles,
  dateOrders,
  duplicatesChoices,
  isZone,
  isZoneAbbreviation,
  stampChoices,
  statedUnits,
} from "../core/bars/mod.ts";

const textMax = 100;
const missingMax = 20;
const missingLengthMax = 20;

const name = z.string().trim().min(1, "a name").max(textMax, `at most ${textMax} characters`);

const delimiterNames: Readonly<Record<string, string>> = {
  tab: "\t",
  "\\t": "\t",
  comma: ",",
  semicolon: ";",
  pipe: "|",
  blank: " ",
  space: " ",
};

const delimiter = z.string("one character, tab or blank")
  .transform((text) => delimiterNames[text] ?? text)
  .pipe(z.string().regex(/^[^"\r\n0-9A-Za-z.+-]$/, "one character, tab or blank"));

const zone = z.string().max(textMax).refine(
  (name) => isZone(name) && !isZoneAbbreviation(name),
  "a zone such as America/New_York or UTC",
);

const missing = z.array(
  z.string().trim().min(1, "a text").max(missingLengthMax, `at most ${missingLengthMax} characters`),
).min(1, "a text").max(missingMax, `at most ${missingMax} texts`);

/**
 * What a reader of candle files can be told, by its name in a config; a flag has the same name with dashes. Every way in
 * takes its options from here.
 */
export const fileReadingFields = {
  column: z.partialRecord(z.enum(columnRoles), name),
  time_unit: z.literal([...statedUnits], statedUnits.join(", ")),
  time_zone: zone,
  date_order: z.literal([...dateOrders], dateOrders.join(", ")),
  stamp: z.literal([...stampChoices], stampChoices.join(" or ")),
  delimiter,
  decimal: z.literal([".", ","], '"." or ","'),
  missing,
  sort: z.boolean(),
  duplicates: z.literal([...duplicatesChoices], duplicatesChoices.join(", ")),
  bad_rows: z.literal([...badRowsChoices], badRowsChoices.join(" or ")),
  pick: name,
  adjusted: z.boolean(),
} as const;

/** Name of one of {@link fileReadingFields}. */
export type FileReadingName = keyof typeof fileReadingFields;

/** How files are read, and what becomes of rows in them that no candle can be like. */
export interface FileReading extends CandleReading {
  readonly badRows?: BadRows;
}

/** Any of {@link fileReadingFields}, as code has them. */
export const fileReadingSchema = z.strictObject(fileReadingFields).partial().transform(toFileReading);

/** Options by their names in code: `time_unit` is `timeUnit`. */
export function toFileReading(given: Readonly<Record<string, unknown>>): FileReading {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [camelName(name), value]));
}

function camelName(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The part of it that a reader takes. */
export function readerPart({ badRows: _, ...reading }: FileReading): CandleReading {
  return reading;
}
