import { compareCodePoints } from "../../../core/text/mod.ts";
import type { HandFile } from "../../../ports/candle_store.ts";
import { fileEndings, storedAs } from "./store_paths.ts";
import { namedSymbol } from "./symbol_name.ts";

/** What a folder's entry is called. */
interface Entry {
  readonly name: string;
  readonly isDirectory: boolean;
}

/**
 * Files of a market that were put there by hand, by name: which instrument each is read for, and whether it is, as what was imported
 * counts before it, and of several the one whose ending comes first.
 */
export function handFiles(market: string, entries: readonly Entry[]): readonly HandFile[] {
  const imported = new Set(
    entries.map(({ name }) => storedAs(name)?.symbol).filter((symbol) => symbol !== undefined),
  );
  const read = new Map<string, { readonly name: string; readonly ending: number }>();
  const found = entries.filter(({ name }) => !isOwn(name)).map((entry) => {
    const as = instrumentIn(entry);
    if (as !== null && !imported.has(as.symbol) && as.ending < (read.get(as.symbol)?.ending ?? Infinity)) {
      read.set(as.symbol, { name: entry.name, ending: as.ending });
    }
    return { name: entry.name, symbol: as?.symbol ?? null };
  });
  return found.map(({ name, symbol }) => ({
    file: `${market}/${name}`,
    instrument: symbol === null ? null : { market_id: Number(market), symbol },
    is_read: symbol !== null && read.get(symbol)?.name === name,
  })).sort((a, b) => compareCodePoints(a.file, b.file));
}

/** Whether the store itself writes files of the name. */
function isOwn(name: string): boolean {
  return name.startsWith(".") || /\.sources\.json(\.partial)?$/.test(name) || storedAs(name) !== null;
}

function instrumentIn(
  { name, isDirectory }: Entry,
): { readonly symbol: string; readonly ending: number } | null {
  for (const [ending, text] of fileEndings.entries()) {
    if (!name.endsWith(text) || (isDirectory && text !== "")) continue;
    const symbol = namedSymbol(name.slice(0, name.length - text.length));
    if (symbol !== null) return { symbol, ending };
  }
  return null;
}
