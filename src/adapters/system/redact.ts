// greedy up to the last @, because a password may hold one unescaped: rather too much hidden than too little
const urlPassword = /([a-z][a-z0-9+.-]*:\/\/[^\s:@/"']*:)[^\s"']*@/gi;
const queryPassword = /([?&](?:ssl)?password=)[^&\s"']*/gi;

/** The text with the password of every URL in it, `scheme://user:password@host` or `?password=`, as `***`. */
export function redactSecrets(text: string): string {
  return text.replace(urlPassword, "$1***@").replace(queryPassword, "$1***");
}
