import { type BacktestError, validationError } from "../../../core/errors/mod.ts";

/** Where in a candle file something is. */
export interface CandlePlace {
  /** Name of the file in error texts. */
  readonly label: string;
  /** Line of a text file, from 1. */
  readonly line?: number;
  /** Row of a file without lines, from 1. */
  readonly row?: number;
}

/** A `validation_error` of one line that names file and place. */
export function refusal({ label, line, row }: CandlePlace, reason: string): BacktestError {
  const where = line !== undefined ? ` line ${line}` : row !== undefined ? ` row ${row}` : "";
  const message = `Cannot read candles "${label}"${where}: ${reason}`;
  return validationError(message, [{ path: "candles", code: "value_error", message }]);
}
