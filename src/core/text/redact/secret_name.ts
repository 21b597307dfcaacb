const secretName =
  /(?:passwords?|passwd|passwort|passphrase|pwd|secrets?|token|bearer|authorization|cookie|signature|credentials?|session[._-]?id|(?:api|access|private|secret|signing)[._-]?key)(?:[._-]?(?:\d{1,4}|hash|value))?$/i;

/** Names too short to be sought within a longer word: `bypass`, `config`. */
const shortName = /(?:^|[^a-z])(?:pass|pw|jwt|sig)$/i;
const shortNameInside = /[a-z](?:Pass|Pw|Jwt|Sig)$/;

/** Whether a member of this name holds a secret, whatever its value looks like. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) || shortName.test(name) || shortNameInside.test(name);
}

/** Whether a header of this name has its secret in more than one word. */
export function isHeaderName(name: string): boolean {
  return /(?:authorization|cookie)$/i.test(name);
}

/** The name that something is assigned to. */
export interface AssignedName {
  readonly name: string;
  /** As members of JSON are. */
  readonly quoted: boolean;
  /** Where its first letter stands. */
  readonly start: number;
}

/** Longer names are looked at from here on only. */
const nameLengthMax = 64;
/** Spaces between a name and its sign, and backslashes before its quote. */
const gapMax = 64;
/** Characters of a percent-encoded quote, encoded again a few times. */
const encodedLengthMax = 12;

/** The name before the sign at `end`; empty when there is none. */
export function nameBefore(text: string, end: number): AssignedName {
  let at = end;
  while (end - at < gapMax && isSpace(text.charCodeAt(at - 1))) at--;
  const encoded = text[at - 1] === "2" || text[at - 1] === "7"
    ? /%(?:25)*2[27]$/.exec(text.slice(Math.max(0, at - encodedLengthMax), at))
    : null;
  const quoted = encoded !== null || text[at - 1] === '"' || text[at - 1] === "'";
  if (quoted) at -= encoded?.[0].length ?? 1;
  for (let slashes = 0; quoted && slashes < gapMax && text[at - 1] === "\\"; slashes++) at--;
  const nameEnd = at;
  while (nameEnd - at < nameLengthMax && isNamePart(text.charCodeAt(at - 1))) at--;
  return { name: text.slice(at, nameEnd), quoted, start: at };
}

/** Blank, tab and the ends of lines; NaN, before the text, is none. */
export function isSpace(code: number): boolean {
  return code === 32 || code === 160 || code >= 9 && code <= 13;
}

/** Letters, digits, `_`, `.` and `-`; NaN, before the text, is none. */
function isNamePart(code: number): boolean {
  return code >= 97 && code <= 122 || code >= 65 && code <= 90 || code >= 48 && code <= 57 ||
    code === 95 || code === 46 || code === 45;
}
