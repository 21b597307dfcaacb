import type { Timeline } from "../core/bars/mod.ts";
import { canonicalJson, sha256OfPieces } from "../core/text/mod.ts";

/** Values hashed at once: memory that threads share is copied piece by piece. */
const pieceLength = 65_536;

/** SHA-256 of the bars a sweep runs on, those before its range among them: equal hashes are equal bars, to the last bit. */
export function candlesHash(timeline: Timeline): string {
  return sha256OfPieces(piecesOf(timeline));
}

function* piecesOf({ candles, further, timeframeMs, tsCloseMs, slice }: Timeline): Generator<Uint8Array> {
  const { tsOpenMs, open, high, low, close, volume } = candles;
  const more = [...further ?? []].sort(([a], [b]) => a < b ? -1 : 1);
  const columns = [tsOpenMs, ...(tsCloseMs ? [tsCloseMs] : []), open, high, low, close, volume];
  const head = canonicalJson({
    bars: tsOpenMs.length,
    closes: tsCloseMs !== undefined,
    further: more.map(([name]) => name),
    slice: [slice.start, slice.stop],
    timeframe_ms: timeframeMs,
  });
  yield new TextEncoder().encode(head);
  for (const column of [...columns, ...more.map(([, values]) => values)]) {
    for (let from = 0; from < column.length; from += pieceLength) {
      const piece = column.slice(from, from + pieceLength);
      yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    }
  }
}
