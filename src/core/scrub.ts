/** Replaces what must not leave the log: passwords in URLs and paths of this machine. */
export function scrub(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*):\/\/[^\s/@]*@[^\s"']*/gi, "$1://***")
    .replace(/file:\/\/\/[^\s"')]+/g, "<path>")
    .replace(/(^|[\s"'(=])\/(?:[\w.@+-]+\/)+[\w.@+-]*/g, "$1<path>");
}
