import type { Span } from "./hidden.ts";
import { isHeaderName, isSecretName, isSpace, nameBefore } from "./secret_name.ts";
import { bracketsEnd, encodedQuotedEnd, type OpeningQuote, quotedEnd, runEnd } from "./value_end.ts";

/**
 * Where a secret may be; what stands there says whether it is one. Signs may be percent-encoded, once or more often, or
 * escaped as some writers of JSON do.
 */
export const signs =
  /[=:>,]|%(?:25)*3[ad]|\\u003[ad]|\bbearer(?:\s|\+|%(?:25)*20)|\b(?:password|passwd|passphrase|secret|token|key|identified by)[ \t]|eyJ|-----BEGIN /gi;

/** What a sign in a text is a sign of; null when there is no secret. */
export function secretAt(
  text: string,
  { sign, index }: { readonly sign: string; readonly index: number },
): Span | null {
  switch (sign[0]!.toLowerCase()) {
    case "=":
    case ":":
    case "%":
    case "\\":
      return assigned(text, { sign, index });
    case ">":
      return element(text, index);
    case ",":
      return pair(text, index);
    case "b":
      return bearer(text, index + sign.length);
    case "e":
      return jwt(text, index);
    case "-":
      return privateKey(text, index);
    default:
      return told(text, { word: sign.slice(0, -1), index });
  }
}

/** Spaces between a sign and its value. */
const gapMax = 64;

function assigned(text: string, { sign, index }: { sign: string; index: number }): Span | null {
  const { name, quoted } = nameBefore(text, index);
  if (!isSecretName(name)) return null;
  const start = afterGap(text, afterSign(text, index + sign.length));
  const inQuotes = quotedAt(text, start);
  if (inQuotes !== null) return inQuotes;
  if (quoted && (text[start] === "{" || text[start] === "[")) return { start, end: bracketsEnd(text, start) };
  const stop = sign.startsWith("%") ? /[\s&"']|%(?:25)*26/gi : quoted ? /[\s,}\]]/g : /[\s&"']/g;
  const end = runEnd(text, { start, stop });
  const secret = isScheme(text.slice(start, Math.min(end, start + 8))) ? afterGap(text, end) : start;
  const isHeader = isHeaderName(name) && !quoted && text[index] === ":";
  return { start: secret, end: runEnd(text, { start: secret, stop: isHeader ? /[\r\n]/g : stop }) };
}

/** `:=`, `==` and `=>` are signs of two characters. */
function afterSign(text: string, from: number): number {
  return text[from] === "=" || text[from] === ">" ? from + 1 : from;
}

/** What a header names before its secret. */
function isScheme(word: string): boolean {
  return /^(?:bearer|basic)$/i.test(word);
}

/** What stands between the quotes that open at `start`; null when none do. */
function quotedAt(text: string, start: number): Span | null {
  const encoded = /%(?:25)*2[27]/iy;
  encoded.lastIndex = start;
  const code = encoded.exec(text)?.[0];
  if (code !== undefined) {
    const inside = start + code.length;
    return { start: inside, end: encodedQuotedEnd(text, { quote: code, inside }) };
  }
  const quote = openingQuote(text, start);
  return quote && { start: quote.inside, end: quotedEnd(text, quote) };
}

/** A quote, and the backslashes before it where JSON stands in JSON. */
function openingQuote(text: string, start: number): OpeningQuote | null {
  let at = start;
  while (at - start < gapMax && text[at] === "\\") at++;
  const quote = text[at];
  return quote === '"' || quote === "'" ? { quote, slashes: at - start, inside: at + 1 } : null;
}

/** `<password>...</password>`. */
function element(text: string, index: number): Span | null {
  const { name, start } = nameBefore(text, index);
  if (text[start - 1] !== "<" || !isSecretName(name)) return null;
  return { start: index + 1, end: runEnd(text, { start: index + 1, stop: /</g }) };
}

/** `["password", "..."]`, as headers are listed. */
function pair(text: string, index: number): Span | null {
  if (!/["']/.test(text[index - 1] ?? "")) return null;
  const { name, quoted, start } = nameBefore(text, index);
  const isFirst = quoted && /[[(]["']$/.test(text.slice(start - 2, start));
  return isFirst && isSecretName(name) ? quotedAt(text, afterGap(text, index + 1)) : null;
}

/** `PASSWORD '...'` and `IDENTIFIED BY '...'` of SQL, and `--token ...` of a command line. */
function told(text: string, { word, index }: { readonly word: string; readonly index: number }): Span | null {
  const start = afterGap(text, index + word.length);
  if (/^(?:pass|identified)/i.test(word)) {
    const inQuotes = quotedAt(text, start);
    if (inQuotes !== null) return inQuotes;
  }
  const { name, start: nameStart } = nameBefore(text, index + word.length);
  if (!name.startsWith("--") && text.slice(nameStart - 2, nameStart) !== "--") return null;
  return isSecretName(name) ? { start, end: runEnd(text, { start, stop: /[\s"']/g }) } : null;
}

function bearer(text: string, from: number): Span | null {
  const start = afterGap(text, from);
  // `bearer = ...` is an assignment, and its sign comes next
  if (text[start] === "=") return null;
  const end = runEnd(text, { start, stop: /[^\w.~+/=%-]/g });
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
  while (at - from < gapMax && isSpace(text.charCodeAt(at))) at++;
  return at;
}
