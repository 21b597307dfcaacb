import { CsvError, parse } from "csv-parse/sync";

/** The trimmed fields of a line, quotes taken away; null where its quotes do not end. */
export function splitLine(given: string, delimiter: string): readonly string[] | null {
  let line = given;
  // what spreadsheets are to take as a text
  if (line.includes('="')) line = line.replace(/(^|[,;\t|])="([^"]*)"(?=$|[,;\t|])/g, '$1"$2"');
  if (!line.includes('"')) {
    return delimiter === " " ? line.trim().split(/ +/) : line.split(delimiter).map((field) => field.trim());
  }
  try {
    const records: string[][] = parse(line, {
      delimiter,
      trim: delimiter !== "\t",
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      record_delimiter: ["\n", "\r"],
    });
    return records.length === 1 ? records[0]!.map((field) => field.trim()) : records[0] ?? [];
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}
