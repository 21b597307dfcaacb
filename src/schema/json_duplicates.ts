/** A member that an object of a JSON text has twice. */
export interface DuplicateMember {
  readonly name: string;
  /** Dotted, from the root of the text. */
  readonly path: string;
  /** Where the second name stands in the text. */
  readonly offset: number;
}

/** An object or list whose end has not come yet. */
interface Open {
  /** Null in a list. */
  readonly names: Set<string> | null;
  /** Name of the member, or index of the item, that is being read. */
  at: string | number;
}

/**
 * The first member of a text that is known to be JSON whose object had one of the same name before; null when there is
 * none. JSON.parse() keeps the last of them without a word (RFC 8259, section 4: what to do is left to the reader).
 */
export function duplicateMember(text: string): DuplicateMember | null {
  const open: Open[] = [];
  let expectsName = false;
  for (let at = 0; at < text.length; at++) {
    const inside = open.at(-1);
    switch (text[at]) {
      case "{":
        open.push({ names: new Set(), at: "" });
        expectsName = true;
        break;
      case "[":
        open.push({ names: null, at: 0 });
        expectsName = false;
        break;
      case "}":
      case "]":
        open.pop();
        expectsName = false;
        break;
      case ",":
        expectsName = inside!.names !== null;
        if (typeof inside!.at === "number") inside!.at++;
        break;
      case '"': {
        const end = endOfText(text, at);
        if (expectsName) {
          const name: string = JSON.parse(text.slice(at, end));
          inside!.at = name;
          if (inside!.names!.has(name)) {
            return { name, path: open.map(({ at }) => at).join("."), offset: at };
          }
          inside!.names!.add(name);
          expectsName = false;
        }
        at = end - 1;
      }
    }
  }
  return null;
}

/** Behind the quote that ends the text which begins at `from`. */
function endOfText(json: string, from: number): number {
  let at = from + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}
