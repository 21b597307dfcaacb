import { candleValues } from "../../../core/bars/mod.ts";
import { shown } from "../../../core/text/mod.ts";
import { RowFault } from "../rows/row_fault.ts";

/** How numbers of a text are written. */
export interface NumberForm {
  readonly decimal: "." | ",";
  /** Whether digits may stand in groups of three, as in `1,234.5`. */
  readonly grouped: boolean;
  /** What all values of some column have before or behind them, such as `$` or `EUR`; left out where there is none. */
  readonly currency?: string;
}

const currencyBefore = /^[+-]?(?:([$€£¥₹₽₩₺฿₿])|([A-Z]{3})[ \u00a0])\s*[+-]?[\d.,][\d.,'’ \u00a0\u202f]*$/;
const currencyBehind = /^[+-]?\d[\d.,'’ \u00a0\u202f]*(?:([$€£¥₹₽₩₺฿₿])|[ \u00a0]([A-Z]{3}))$/;

/** The sign or code of a currency that a number has before or behind it; null where it has none. */
export function currencyIn(text: string): string | null {
  const match = currencyBefore.exec(text) ?? currencyBehind.exec(text);
  return match === null ? null : match[1] ?? match[2]!;
}

/** A number without its currency. */
export function withoutCurrency(text: string, currency: string): string {
  if (currencyIn(text) !== currency) return text;
  return text.replace(currency, "").replace(/\u00a0/g, " ").trim();
}

const plain = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const groupedPoint = /^[+-]?\d{1,3}([,'’ \u00a0\u202f]\d{3})+(\.\d*)?$/;
const groupedComma = /^[+-]?\d{1,3}([.'’ \u00a0\u202f]\d{3})+(,\d*)?$/;
const missingTexts = /^(n\.?\/?a\.?|#n\/a|nan|none|null|nil|-+|\?)$/i;
/** What programs write where a number is not known, or is not finite. */
export const wordsOfMissing = /^[+-]?(nan|inf|infinity)$/i;
const multiples: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, B: 1e9 };

/** A number in a text, null for what is none. */
export function numberIn(given: string, { decimal, grouped, currency }: NumberForm): number | null {
  const text = currency === undefined ? given : withoutCurrency(given, currency);
  const pointed = decimal === "." ? text : swapped(text);
  if (pointed !== null && plain.test(pointed)) return Number(pointed);
  const match = (decimal === "." ? groupedPoint : groupedComma).exec(text);
  if (match === null) return null;
  const isTold = grouped || match[2] !== undefined || /\D\d{3}\D\d{3}/.test(text);
  if (!isTold) return null;
  return Number(text.replace(/[^\d,.+-]/g, "").replaceAll(decimal === "." ? "," : ".", "").replace(",", "."));
}

/** With a point in place of the comma; null where there is a point. */
function swapped(text: string): string | null {
  return text.includes(".") ? null : text.replace(",", ".");
}

/** A value in a text, NaN where it is missing. Throws a {@link RowFault} that says what would help. */
export function valueOf(
  text: string,
  { index, missing, form }: {
    readonly index: number;
    readonly missing: ReadonlySet<string>;
    readonly form: NumberForm;
  },
): number {
  if (text === "") return NaN;
  const value = numberIn(text, form);
  if (value !== null) return value;
  if (missing.has(text)) return NaN;
  const short = /^([\d.,]+)([KMBkmb])$/.exec(text);
  const volume = candleValues[index] === "volume" && short !== null ? numberIn(short[1]!, form) : null;
  // rounded, as 1.1 * 1e6 is not quite a whole number
  if (volume !== null) return Number((volume * multiples[short![2]!.toUpperCase()]!).toPrecision(12));
  throw new RowFault(`${candleValues[index]} must be a number, got ${shown(text)}${helpWith(text, form)}`);
}

function helpWith(text: string, { decimal }: NumberForm): string {
  if (missingTexts.test(text)) return `; --missing ${text} reads it as a missing value`;
  if (/^[+-]?(inf|infinity)$/i.test(text)) return "; no price is infinite";
  if (currencyIn(text) !== null || /[$€£¥]|^[A-Z]{3} |[ \d][A-Z]{3}$/.test(text)) {
    return "; write it without the currency";
  }
  if (text.endsWith("%")) return "; write it without the percent sign";
  if (/^[+-]?[\d.,]+$/.test(text)) {
    return `; --decimal ${decimal === "." ? "," : "."} reads the other sign as that of fractions`;
  }
  if (/\d[_' ]\d/.test(text)) return "; write it without separators between digits";
  return "";
}

/** Whether a text is a number in some form, or stands for none. */
export function isNumberLike(text: string): boolean {
  return /^[-+]?\d[\d.,'’ \u00a0\u202f]*([eE][-+]?\d+)?[KMBkmb%]?$/.test(text) ||
    /^[-+]?[.,]\d+$/.test(text) || currencyIn(text) !== null;
}

/** How the numbers of some texts are written; null where a comma may be that of fractions or of thousands. */
export function numberFormOf(texts: readonly string[]): NumberForm | null {
  let [commas, points, open, grouped] = [false, false, false, false];
  for (const text of texts) {
    const comma = text.lastIndexOf(",");
    const point = text.lastIndexOf(".");
    if (comma >= 0 && point >= 0) {
      grouped = true;
      if (comma > point) commas = true;
      else points = true;
    } else if (comma >= 0) {
      if (text.indexOf(",") !== comma) grouped = points = true;
      else if (/^[+-]?\d{1,3}(,\d{3})+$/.test(text) && !/^[+-]?0/.test(text)) open = true;
      else commas = true;
    } else if (point >= 0) {
      if (text.indexOf(".") !== point) grouped = commas = true;
      else if (!/^[+-]?\d{1,3}(\.\d{3})+$/.test(text)) points = true;
    } else if (/\d['’ \u00a0\u202f]\d/.test(text)) grouped = true;
  }
  if (commas && !points) return { decimal: ",", grouped };
  if (points && !commas) return { decimal: ".", grouped: grouped || open };
  return commas || open ? null : { decimal: ".", grouped };
}
