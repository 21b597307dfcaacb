import { type BarGrid, type Instrument, isMadeOf } from "../../../core/bars/mod.ts";
import { storedAs } from "./store_paths.ts";

/** A file of imported candles. */
export interface StoredFile {
  /** Its path below the folder. */
  readonly label: string;
  /** Length of its candles. */
  readonly timeframeMs: number;
}

/**
 * What was imported of an instrument, in timeframes of which bars of a grid can be made, the longest first; else in the
 * shortest, and nothing where nothing was. Rejects with the errors of the file system.
 */
export async function storedFiles(
  directory: string,
  { instrument: { market_id: market, symbol }, grid }: {
    readonly instrument: Instrument;
    readonly grid?: BarGrid | undefined;
  },
): Promise<readonly StoredFile[]> {
  const found: StoredFile[] = [];
  for await (const file of Deno.readDir(`${directory}/${market}`)) {
    const as = storedAs(file.name);
    if (as?.symbol === symbol) found.push({ label: `${market}/${file.name}`, timeframeMs: as.timeframeMs });
  }
  found.sort((a, b) => a.timeframeMs - b.timeframeMs);
  const fitting = found.filter(({ timeframeMs }) =>
    grid !== undefined && isMadeOf(grid.timeframe, timeframeMs)
  );
  return fitting.length > 0 ? fitting.toReversed() : found.slice(0, 1);
}

/** Whether anything was imported of an instrument. */
export async function hasStored(directory: string, instrument: Instrument): Promise<boolean> {
  try {
    return (await storedFiles(directory, { instrument })).length > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
