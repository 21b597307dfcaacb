import { candleValues } from "../../core/bars/mod.ts";
import { shown } from "../../core/text/mod.ts";
import { RowFault } from "./row_fault.ts";

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const missingTexts = /^(n\.?\/?a\.?|#n\/a|nan|none|null|nil|-+|\?)$/i;

/** A value in a text, NaN where it is missing. Throws a {@link RowFault} that says what would help. */
export function valueOf(
  text: string,
  { index, missing }: { readonly index: number; readonly missing: ReadonlySet<string> },
): number {
  if (text === "") return NaN;
  if (decimal.test(text)) return Number(text);
  if (missing.has(text)) return NaN;
  throw new RowFault(`${candleValues[index]} must be a number, got ${shown(text)}${helpWith(text)}`);
}

function helpWith(text: string): string {
  if (missingTexts.test(text)) return `; --missing ${text} reads it as a missing value`;
  if (/^[+-]?(inf|infinity)$/i.test(text)) return "; no price is infinite";
  if (/[$€£¥]|^[A-Z]{3} |[ \d][A-Z]{3}$/.test(text)) return "; write it without the currency";
  if (text.endsWith("%")) return "; write it without the percent sign";
  if (/\d[_' ]\d/.test(text)) return "; write it without separators between digits";
  return "";
}
