import { z } from "@hono/zod-openapi";
import { type ColumnRole, columnRoles } from "../../core/bars/mod.ts";
import {
  type FileReading,
  fileReadingFields,
  type FileReadingName,
  toFileReading,
} from "../../schema/file_reading.ts";

const textMax = 200;
const listMax = 20;

const flag = z.enum(["true", "false"]).transform((text) => text === "true").optional();

const column = z.array(z.string().max(textMax)).max(listMax).transform((texts, context) => {
  if (texts.length === 0) return undefined;
  const roles: Partial<Record<ColumnRole, string>> = {};
  for (const text of texts) {
    const [, role = "", name = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    const known = columnRoles.find((one) => one === role.trim());
    if (known === undefined) {
      context.addIssue({
        code: "custom",
        message: `one of ${columnRoles.join(", ")}, "=" and a column`,
        input: text,
      });
      return z.NEVER;
    }
    roles[known] = name;
  }
  return roles;
}).pipe(fileReadingFields.column.optional());

const missing = z.array(z.string().max(textMax)).max(listMax)
  .transform((texts) => texts.length === 0 ? undefined : texts.flatMap((text) => text.split(",")))
  .pipe(fileReadingFields.missing.optional());

/** What a query says of reading candle files, by the names that a config has. */
export const readingQuery = {
  column: column.describe("Which column is what, as in `close=Last`; may be repeated"),
  time_unit: choice("time_unit").describe("Unit of epoch stamps"),
  time_zone: fileReadingFields.time_zone.optional().describe("Zone of times without an offset"),
  date_order: choice("date_order").describe("Order of day and month, where the dates leave it open"),
  stamp: choice("stamp").describe("Which moment of its candle a stamp names"),
  delimiter: z.string().max(textMax).pipe(fileReadingFields.delimiter).optional()
    .describe("What stands between fields: a character, `tab` or `blank`"),
  decimal: choice("decimal").describe("What stands before the fraction of a number"),
  missing: missing.describe("Texts that stand for a missing value, as in `NA,null`; may be repeated"),
  sort: flag.describe("Take rows in any order"),
  duplicates: choice("duplicates").describe("Rows of one time"),
  bad_rows: choice("bad_rows").describe("Rows that no candle can be like; `refuse` by default"),
  pick: fileReadingFields.pick.optional().describe("The instrument to take from files that hold several"),
  adjusted: flag.describe("Scale all four prices by adjusted close / close"),
} satisfies Record<FileReadingName, z.ZodType>;

/** What a query that was read says of reading candle files. */
export function readingOf(query: Readonly<Record<string, unknown>>): FileReading {
  return toFileReading(
    Object.fromEntries(Object.keys(readingQuery).map((name) => [name, query[name]])),
  ) as FileReading;
}

// the document would show only the first value of a literal
function choice<Name extends "time_unit" | "date_order" | "stamp" | "decimal" | "duplicates" | "bad_rows">(
  name: Name,
) {
  const { values } = fileReadingFields[name];
  return z.enum([...values] as [z.output<typeof fileReadingFields[Name]>]).optional();
}
