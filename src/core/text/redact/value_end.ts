/** Where the first character stands that `stop`, a global expression of one character, matches; else the text's end. */
export function runEnd(
  text: string,
  { start, stop }: { readonly start: number; readonly stop: RegExp },
): number {
  stop.lastIndex = start;
  return stop.exec(text)?.index ?? text.length;
}

/** A quote that opens a value, with the backslashes before it. */
export interface OpeningQuote {
  readonly quote: '"' | "'";
  /** More than 0 where JSON stands in JSON. */
  readonly slashes: number;
  /** Where the value begins. */
  readonly inside: number;
}

/** Where the closing quote of a value stands, before its own backslashes; the text's end when it was cut off. */
export function quotedEnd(text: string, { quote, slashes, inside }: OpeningQuote): number {
  let before = 0;
  for (let at = inside; at < text.length; at++) {
    if (text[at] === "\\") before++;
    else {
      if (text[at] === quote && (slashes === 0 ? before % 2 === 0 : before <= slashes)) {
        return at - (slashes && before);
      }
      before = 0;
    }
  }
  return text.length;
}

/** The same of quotes that are percent-encoded, as in `%22...%22`: one with a backslash before it (`%5C`) is within. */
export function encodedQuotedEnd(
  text: string,
  { quote, inside }: { readonly quote: string; readonly inside: number },
): number {
  const quotes = /(%(?:25)*5c)?(%(?:25)*2[27])/gi;
  quotes.lastIndex = inside;
  for (let found = quotes.exec(text); found !== null; found = quotes.exec(text)) {
    if (found[1] === undefined && found[2]!.toLowerCase() === quote.toLowerCase()) return found.index;
  }
  return text.length;
}

/** Where the brackets that open at `start` have closed; those in strings do not count. */
export function bracketsEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = quotedEnd(text, { quote: '"', slashes: 0, inside: at + 1 });
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth === 0) return at + 1;
  }
  return text.length;
}
