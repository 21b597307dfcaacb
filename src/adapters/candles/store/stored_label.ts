import { type Instrument, isMadeOf, type Timeframe } from "../../../core/bars/mod.ts";
import { storedAs } from "./store_paths.ts";

/**
 * What was imported of an instrument, in the longest timeframe of which bars of the wanted one can be made, else in the
 * shortest; null where nothing was. Rejects with the errors of the file system.
 */
export async function storedLabel(
  directory: string,
  { instrument: { market_id: market, symbol }, wanted }: {
    readonly instrument: Instrument;
    readonly wanted?: Timeframe | undefined;
  },
): Promise<string | null> {
  const found: { readonly label: string; readonly timeframeMs: number }[] = [];
  for await (const file of Deno.readDir(`${directory}/${market}`)) {
    const as = storedAs(file.name);
    if (as?.symbol === symbol) found.push({ label: `${market}/${file.name}`, timeframeMs: as.timeframeMs });
  }
  found.sort((a, b) => a.timeframeMs - b.timeframeMs);
  const fitting = found.filter(({ timeframeMs }) => wanted !== undefined && isMadeOf(wanted, timeframeMs));
  return (fitting.at(-1) ?? found[0])?.label ?? null;
}

/** Whether anything was imported of an instrument. */
export async function hasStored(directory: string, instrument: Instrument): Promise<boolean> {
  try {
    return await storedLabel(directory, { instrument }) !== null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
