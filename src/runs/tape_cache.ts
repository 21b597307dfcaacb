import { canonicalJson, sha256Hex } from "../core/text/mod.ts";
import { type RunTape, tapeBytes, type TapeRun } from "./tape.ts";

/** Bars of runs that were used lately. */
export interface TapeCache {
  /**
   * The bars of a loaded run, from memory or by `load`, which is called once for all who ask meanwhile. Rejects as it does.
   */
  get(run: TapeRun, load: () => Promise<RunTape>): Promise<RunTape>;
  /** Keeps the bars of a run that has just been loaded. */
  put(run: TapeRun, tape: RunTape): void;
  /** Bytes held now. */
  readonly bytes: number;
}

/**
 * Keeps at most `bytesMax` bytes of bars, those used last. Runs of one owner over the same bars share them; a run that waits
 * for its agent keeps nothing alive.
 */
export function createTapeCache(bytesMax: number): TapeCache {
  // a map keeps the order of insertion, so what was used last is inserted anew
  const kept = new Map<string, RunTape>();
  const underWay = new Map<string, Promise<RunTape>>();
  let bytes = 0;
  const drop = (key: string) => {
    const tape = kept.get(key);
    if (tape === undefined) return;
    kept.delete(key);
    bytes -= tapeBytes(tape);
  };
  const keep = (key: string, tape: RunTape) => {
    drop(key);
    const size = tapeBytes(tape);
    if (size > bytesMax) return;
    kept.set(key, tape);
    bytes += size;
    for (const [oldest] of kept) {
      if (bytes <= bytesMax) break;
      drop(oldest);
    }
  };
  return {
    async get(run, load) {
      const key = keyOf(run, run.candlesHash);
      const found = kept.get(key);
      if (found !== undefined) {
        kept.delete(key);
        kept.set(key, found);
        return found;
      }
      const loading = underWay.get(key) ?? load().finally(() => underWay.delete(key));
      underWay.set(key, loading);
      const tape = await loading;
      keep(key, tape);
      return tape;
    },
    put: (run, tape) => keep(keyOf(run, tape.candlesHash), tape),
    get bytes() {
      return bytes;
    },
  };
}

/** All that a tape is made of, its owner among it, who may have candles of his own. */
function keyOf({ requestJson, userId }: TapeRun, candlesHash: string | null): string {
  return sha256Hex(canonicalJson([userId, requestJson, candlesHash]));
}
