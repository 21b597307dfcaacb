const secretName =
  /(?:password|passwd|passphrase|pwd|secret|token|authorization|cookie|credentials?|(?:api|access|private|secret|signing)[._-]?key)$/i;

/** Whether a member of this name holds a secret, whatever its value looks like. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
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
}

/** Longer names are looked at from here on only. */
const nameLengthMax = 64;
/** Spaces between a name and its sign, and backslashes before its quote. */
const gapMax = 8;

/** The name before the `=` or `:` at `end`; empty when there is none. */
export function nameBefore(text: string, end: number): AssignedName {
  let at = end;
  while (end - at < gapMax && text[at - 1] === " ") at--;
  const quoted = text[at - 1] === '"' || text[at - 1] === "'";
  if (quoted) at--;
  for (let slashes = 0; quoted && slashes < gapMax && text[at - 1] === "\\"; slashes++) at--;
  const nameEnd = at;
  while (nameEnd - at < nameLengthMax && isNamePart(text.charCodeAt(at - 1))) at--;
  return { name: text.slice(at, nameEnd), quoted };
}

/** Letters, digits, `_`, `.` and `-`; NaN, before the text, is none. */
function isNamePart(code: number): boolean {
  return code >= 97 && code <= 122 || code >= 65 && code <= 90 || code >= 48 && code <= 57 ||
    code === 95 || code === 46 || code === 45;
}
