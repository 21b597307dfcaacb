// of the rest each is one byte, has no meaning to a file system or a shell's pattern, and no case
const plain = /^[A-Z0-9._=^+@#&!-]$/;

/** What a name may not end with, whatever its case: with an ending behind it, it would be that of another symbol. */
const ending =
  /\.(?=(?:\d+[A-Z]{1,2}|CSV|PARQUET|GZ|ZST|ZIP|JSON|JSONL|FEATHER|ARROW|TSV|TXT|SOURCES|PARTIAL)$)/i;

/** Names of devices, which no file of Windows can have, with whatever ending. */
const device = /^(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?=\.|$)/;

const nameBytesMax = 200;

/**
 * A symbol as part of a file's name: `BRK.B`, `^GSPC` and `EURUSD=X` as they are, `BTC/USDT` as `BTC%2FUSDT`. Two symbols
 * have two names, also where a file system knows no case and adds an ending; none names another folder, a hidden file or a
 * device. Null for a symbol whose name would be longer than file systems take.
 */
export function symbolName(symbol: string): string | null {
  if (symbol === "" || !symbol.isWellFormed()) return null;
  const name = [...symbol].map((char) => plain.test(char) ? char : escaped(char)).join("")
    .replace(ending, escaped)
    .replace(/^\.|\.$/g, escaped)
    .replace(device, (text) => escaped(text[0]!) + text.slice(1));
  return name.length > nameBytesMax ? null : name;
}

/** The symbol whose {@link symbolName} it is; null for a name that is none's. */
export function namedSymbol(name: string): string | null {
  try {
    const symbol = decodeURIComponent(name);
    return symbolName(symbol) === name ? symbol : null;
  } catch {
    return null;
  }
}

function escaped(text: string): string {
  return Array.from(
    new TextEncoder().encode(text),
    (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  ).join("");
}
