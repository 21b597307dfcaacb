import {
  SEGMENT_ENTRY,
  SEGMENT_EXIT,
  SEGMENT_SIDE,
  SEGMENT_STRIDE,
  SIDE_LONG,
  SIDE_SHORT,
} from "../layout.ts";
import { insideBits, putIntField, recordAt, wordAt, wordsOf } from "../memory.ts";

/**
 * Lists the maximal runs of equal non-neutral signals in time order and returns how many there are (at most `bars`).
 * A position is opened at a run's first bar and closed at the bar after it, or at the last bar of the slice; a stop or
 * target only closes it earlier.
 */
export function listSegments(longMask: usize, shortMask: usize, bars: i32, segments: usize): i32 {
  assert(bars >= 0);
  let count = 0;
  let open = 0;
  let longCarry: u64 = 0;
  let shortCarry: u64 = 0;
  const words = wordsOf(bars);
  for (let word = 0; word < words; word++) {
    const long = wordAt(longMask, word);
    const short = wordAt(shortMask, word);
    let edges = (long ^ ((long << 1) | longCarry)) | (short ^ ((short << 1) | shortCarry));
    edges &= insideBits(word, bars);
    longCarry = long >> 63;
    shortCarry = short >> 63;
    while (edges != 0) {
      const bit = ctz<u64>(edges);
      edges &= edges - 1;
      const bar = (word << 6) + (bit as i32);
      // What follows an edge cannot be predicted, so nothing branches: the exit of the open segment is written, or, when
      // none is open, that of the next one, which its own exit replaces; the next segment stays if a side is set.
      putIntField(recordAt(segments, count - open, SEGMENT_STRIDE), SEGMENT_EXIT, bar);
      const segment = recordAt(segments, count, SEGMENT_STRIDE);
      const side = (((long >> bit) & 1) as i32) * SIDE_LONG + (((short >> bit) & 1) as i32) * SIDE_SHORT;
      putIntField(segment, SEGMENT_ENTRY, bar);
      putIntField(segment, SEGMENT_SIDE, side);
      open = (side != 0) as i32;
      count += open;
    }
  }
  if (open != 0) putIntField(recordAt(segments, count - 1, SEGMENT_STRIDE), SEGMENT_EXIT, bars - 1);
  return count;
}
