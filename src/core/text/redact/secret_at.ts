import type { Span } from "./hidden.ts";
import { isHeaderName, isSecretName, nameBefore } from "./secret_name.ts";
import { bracketsEnd, type OpeningQuote, quotedEnd, runEnd } from "./value_end.ts";

/** What a sign in a text is a sign of; null when there is no secret. */
export function secretAt(
  text: string,
  { sign, index }: { readonly sign: string; readonly index: number },
): Span | null {
  switch (sign[0]!.toLowerCase()) {
    case "=":
    case ":":
      return assigned(text, index);
    case "b":
      return bearer(text, index + sign.length);
    case "e":
      return jwt(text, index);
    default:
      return privateKey(text, index);
  }
}

/** Spaces between a sign and its value. */
const gapMax = 8;

function assigned(text: string, index: number): Span | null {
  const { name, quoted } = nameBefore(text, index);
  if (!isSecretName(name)) return null;
  const start = afterGap(text, index + 1);
  const quote = openingQuote(text, start);
  if (quote !== null) return { start: quote.inside, end: quotedEnd(text, quote) };
  if (quoted && (text[start] === "{" || text[start] === "[")) return { start, end: bracketsEnd(text, start) };
  const stop = quoted ? /[\s,}\]]/g : /[\s&"']/g;
  const end = runEnd(text, { start, stop });
  const secret = isScheme(text.slice(start, Math.min(end, start + 8))) ? afterGap(text, end) : start;
  const isHeader = isHeaderName(name) && !quoted && text[index] === ":";
  return { start: secret, end: runEnd(text, { start: secret, stop: isHeader ? /[\r\n]/g : stop }) };
}

/** What a header names before its secret. */
function isScheme(word: string): boolean {
  return /^(?:bearer|basic)$/i.test(word);
}

/** A quote, and the backslashes before it where JSON stands in JSON. */
function openingQuote(text: string, start: number): OpeningQuote | null {
  let at = start;
  while (at - start < gapMax && text[at] === "\\") at++;
  const quote = text[at];
  return quote === '"' || quote === "'" ? { quote, slashes: at - start, inside: at + 1 } : null;
}

function bearer(text: string, from: number): Span | null {
  const start = afterGap(text, from);
  const end = runEnd(text, { start, stop: /[^\w.~+/=-]/g });
  return /^tokens?$/i.test(text.slice(start, Math.min(end, start + 8))) ? null : { start, end };
}

/** Tokens begin with `{"` in base64url, and have at least two parts. */
function jwt(text: string, start: number): Span | null {
  if (start > 0 && /[\w.-]/.test(text[start - 1]!)) return null;
  const end = runEnd(text, { start, stop: /[^\w.-]/g });
  return text.slice(start, end).includes(".") ? { start, end } : null;
}

/** Between its first and its last line; a public key is none. */
function privateKey(text: string, index: number): Span | null {
  const kind = text.slice(index, index + 48);
  if (!/^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(kind)) return null;
  const start = text.indexOf("KEY-----", index) + 8;
  const end = text.indexOf("-----END", start);
  return { start, end: end < 0 ? text.length : end };
}

function afterGap(text: string, from: number): number {
  let at = from;
  while (at - from < gapMax && text[at] === " ") at++;
  return at;
}
