import { hidden } from "./redact/hidden.ts";
import { secretAt, signs } from "./redact/secret_at.ts";
import { isSecretName } from "./redact/secret_name.ts";
import { hideLogins, hideUrls } from "./redact/urls.ts";

export { hidden, hideLogins };
export { isSecretName };

/**
 * The text with the secrets in it as `***`: the password of every URL (`scheme://user:password@host`), what is assigned
 * to the name of a secret (`password=`, `?token=`, `Authorization:`, members of JSON and of JSON within JSON, elements
 * of XML, `PASSWORD '...'` of SQL, `--token ...`), bearer tokens, JWTs, and private keys in PEM form; all but the last
 * also where they are percent-encoded. Rather too much hidden than too little.
 *
 * The time is linear in the length, whatever the text: it is walked from one sign of a secret to the next, and looked
 * back at no further than a name is long.
 */
export function redactSecrets(text: string): string {
  return hideSecrets(hideLogins(text));
}

/**
 * The text as somebody outside may read it: without secrets, and without what tells of the machine and what it rests
 * on, which are URLs with a user or of a database, and paths. In linear time, too.
 */
export function scrub(text: string): string {
  return hideSecrets(hideUrls(text)).replace(fileUrl, "<path>").replace(filePath, "$1<path>");
}

/**
 * A value of JSON with every text in it scrubbed, and what a member with the name of a secret holds hidden, as there the name
 * does not stand beside the text.
 */
export function scrubValue(value: unknown): unknown {
  if (typeof value === "string") return scrub(value);
  if (Array.isArray(value)) return value.map(scrubValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      scrub(name),
      isSecretName(name) && member !== null && typeof member !== "boolean" ? hidden : scrubValue(member),
    ]),
  );
}

const fileUrl = /file:\/\/\/[^\s"')]+/g;
const filePath = /(^|[\s"'(=])\/[\w.@+-]+\/[\w.@+/-]*/g;

function hideSecrets(text: string): string {
  const shown: string[] = [];
  let from = 0;
  for (const { 0: sign, index } of text.matchAll(signs)) {
    if (index < from) continue;
    const secret = secretAt(text, { sign, index });
    if (secret === null || secret.start >= secret.end) continue;
    shown.push(text.slice(from, secret.start), hidden);
    from = secret.end;
  }
  return shown.length === 0 ? text : shown.join("") + text.slice(from);
}
