import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";

/** Thrown where a text is no CSV. */
export class CsvSyntaxError extends Error {
  /** Line of the text, counted from 1. */
  readonly line: number;

  /** `message` says what is wrong, without the line. */
  constructor(message: string, options: { readonly line: number; readonly cause: unknown }) {
    super(message, options);
    this.line = options.line;
  }
}

/**
 * Hands out the trimmed fields of one record after the other with the line it ends on. Throws a {@link CsvSyntaxError},
 * and what `take` throws.
 */
export function eachCsvRecord(text: string, take: (fields: readonly string[], line: number) => void): void {
  try {
    parse(text, {
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      on_record: (fields: string[], { lines }) => {
        take(fields, lines);
        return null;
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new CsvSyntaxError(cause.message.replace(/^[^:]*: /, ""), { line: Number(cause.lines), cause });
  }
}
