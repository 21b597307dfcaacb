import { hidden, type Span } from "./hidden.ts";

/** The text with the password of every URL hidden, and with the user where a URL of the web has no password. */
export function hideLogins(text: string): string {
  return hideIn(text, login);
}

/** The text with everything hidden that follows `://` in a URL with a user, or of a database. */
export function hideUrls(text: string): string {
  return hideIn(text, (url) => url.lastAt >= url.start || isDatabase(text, url) ? url : null);
}

/** What follows a `://`, up to a space or a quote; further where a password goes on behind one. */
interface Url extends Span {
  /** Where its `://` stands. */
  readonly colon: number;
  /** Of the last `@` in it, below `start` when there is none. */
  readonly lastAt: number;
  /** Whether its signs are percent-encoded: `postgres%3A%2F%2F`. */
  readonly encoded: boolean;
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

/** As it is, with the slashes escaped as some JSON has them, or percent-encoded, once or more often. */
const beginnings = /:\/\/|:\\{1,8}\/\\{1,8}\/|%(?:25)*3a%(?:25)*2f%(?:25)*2f/gi;

/** Words are looked through once, however many URLs begin in one. */
function* urlsIn(text: string): Generator<Url> {
  let word = { end: 0, lastAt: -1, lastEncodedAt: -1 };
  for (const { 0: sign, index } of text.matchAll(beginnings)) {
    const start = index + sign.length;
    const encoded = sign.startsWith("%");
    if (start >= word.end) word = wordAt(text, start);
    const lastAt = encoded ? word.lastEncodedAt : word.lastAt;
    if (lastAt >= start || encoded) yield { colon: index, start, end: word.end, lastAt, encoded };
    else yield longer(text, { colon: index, start, end: word.end, lastAt, encoded });
  }
}

function wordAt(text: string, start: number) {
  const end = wordEnd(text, start);
  const found = text.slice(start, end).lastIndexOf("@");
  let lastEncodedAt = -1;
  for (const { index } of text.slice(start, end).matchAll(/%(?:25)*40/g)) lastEncodedAt = start + index;
  return { end, lastAt: found < 0 ? -1 : start + found, lastEncodedAt };
}

/** How far behind a space or a quote a password is looked for. */
const passwordLengthMax = 128;

/**
 * A password that has a space or a quote in it, as it stands in the message that calls the URL malformed: a user, no
 * port, and an `@` further on in the line.
 */
function longer(text: string, url: Url): Url {
  const near = text.slice(url.start, url.start + passwordLengthMax);
  const found = /^[^\s:@/"']{0,64}:(?!\d{1,5}(?:[\s/"'?,]|$))[^@\r\n]*@/.exec(near);
  if (found === null || isWeb(text, url.colon)) return url;
  const lastAt = url.start + found[0].length - 1;
  return { ...url, lastAt, end: wordEnd(text, lastAt) };
}

function wordEnd(text: string, start: number): number {
  const end = /[\s"']/g;
  end.lastIndex = start;
  return end.exec(text)?.index ?? text.length;
}

/** Up to the last `@`, because a password may hold one unescaped. */
function login({ colon, start, lastAt, encoded }: Url, text: string): Span | null {
  const user = encoded ? /(?:(?!%(?:25)*(?:3a|40|2f))[^\s:@/"'])*/iy : /[^\s:@/"']*/y;
  user.lastIndex = start;
  user.test(text);
  const userEnd = user.lastIndex;
  const sign = encoded
    ? /^%(?:25)*(?:3a|40)/i.exec(text.slice(userEnd, userEnd + 24))?.[0] ?? ""
    : text[userEnd];
  const named = sign === ":" || encoded && sign?.toLowerCase().endsWith("3a");
  if (named && userEnd < lastAt) {
    const password = { start: userEnd + sign!.length, end: lastAt };
    return password.start === lastAt && isWeb(text, colon) ? { start, end: userEnd } : password;
  }
  return isWeb(text, colon) && userEnd === lastAt && userEnd > start ? { start, end: userEnd } : null;
}

function isWeb(text: string, colon: number): boolean {
  return /https?$/i.test(text.slice(Math.max(0, colon - 5), colon));
}

function isDatabase(text: string, { colon }: Url): boolean {
  return /postgres(?:ql)?$/i.test(text.slice(Math.max(0, colon - 10), colon));
}
