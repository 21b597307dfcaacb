// greedy up to the last @, because a password may hold one unescaped: rather too much hidden than too little
const urlPassword = /([a-z][a-z0-9+.-]*:\/\/[^\s:@/"']*:)[^\s"']*@/gi;
// in the query of a URL, or in a connection string of words
const assignedPassword = /\b((?:ssl)?password|passwd|pwd|secret)=(?:'[^']*'|[^&\s"']+)/gi;
const bearerToken = /\b(bearer\s+)[\w.~+/=-]+/gi;
// JSON within a text
const secretMember =
  /("[\w-]*(?:password|passwd|secret|token|authorization|cookie)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;

/** What stands in the place of a secret. */
export const hidden = "***";

/**
 * The text with the secrets in it as `***`: the password of every URL (`scheme://user:password@host`), of assignments
 * (`?password=`, `password=`), bearer tokens, and members of JSON that are named like secrets.
 */
export function redactSecrets(text: string): string {
  return text
    .replace(urlPassword, `$1${hidden}@`)
    .replace(assignedPassword, `$1=${hidden}`)
    .replace(bearerToken, `$1${hidden}`)
    .replace(secretMember, `$1"${hidden}"`);
}

/** Whether a member of this name holds a secret, whatever its value looks like. */
export function isSecretName(name: string): boolean {
  return /(?:password|passwd|pwd|secret|token|authorization|cookie|api[_-]?key)$/i.test(name);
}
