import { hidden, type Span } from "./hidden.ts";

/** The text with the password of every URL hidden, and with the user where a URL of the web names only one. */
export function hideLogins(text: string): string {
  return hideIn(text, login);
}

/** The text with everything hidden that follows `://` in a URL with a user, or of a database. */
export function hideUrls(text: string): string {
  return hideIn(text, (url) => url.lastAt >= url.start || isDatabase(text, url) ? url : null);
}

/** What follows a `://`, up to a space or a quote. */
interface Url extends Span {
  /** Of the last `@` in it, below `start` when there is none. */
  readonly lastAt: number;
}

function hideIn(text: string, part: (url: Url, text: string) => Span | null): string {
  const shown: string[] = [];
  let from = 0;
  for (const url of urlsIn(text)) {
    if (url.start < from) continue;
    const span = part(url, text);
    if (span === null) continue;
    shown.push(text.slice(from, span.start), hidden);
    from = span.end;
  }
  return shown.length === 0 ? text : shown.join("") + text.slice(from);
}

/** Words are looked through once, however many URLs begin in one. */
function* urlsIn(text: string): Generator<Url> {
  let end = 0;
  let lastAt = -1;
  for (const { index } of text.matchAll(/:\/\//g)) {
    const start = index + 3;
    if (start >= end) {
      end = wordEnd(text, start);
      lastAt = start + text.slice(start, end).lastIndexOf("@");
      if (text[lastAt] !== "@") lastAt = -1;
    }
    yield { start, end, lastAt };
  }
}

function wordEnd(text: string, start: number): number {
  const end = /[\s"']/g;
  end.lastIndex = start;
  return end.exec(text)?.index ?? text.length;
}

/** Up to the last `@`, because a password may hold one unescaped. */
function login({ start, lastAt }: Url, text: string): Span | null {
  const user = /[^\s:@/"']*/y;
  user.lastIndex = start;
  user.test(text);
  const userEnd = user.lastIndex;
  if (text[userEnd] === ":" && userEnd < lastAt) return { start: userEnd + 1, end: lastAt };
  const isWeb = /https?$/i.test(text.slice(Math.max(0, start - 8), start - 3));
  return isWeb && text[userEnd] === "@" && userEnd > start ? { start, end: userEnd } : null;
}

function isDatabase(text: string, { start }: Url): boolean {
  return /postgres(?:ql)?$/i.test(text.slice(Math.max(0, start - 13), start - 3));
}
