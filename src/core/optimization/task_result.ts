/** The variants of a task that may matter, column by column; more is better in scores and secondary, none is NaN. */
export interface ScoredColumns {
  readonly indexes: Float64Array<ArrayBuffer>;
  readonly scores: Float64Array<ArrayBuffer>;
  /** Null without a secondary metric. */
  readonly secondary: Float64Array<ArrayBuffer> | null;
  /** The scores themselves in a plan that is ranked by returns alone. */
  readonly returns: Float64Array<ArrayBuffer>;
}

/** Of what tasks are and what their results mean; whoever changes either changes it, and workers of both do not mix. */
export const taskFormat = 1;

const hasSecondary = 1;
const hasReturns = 2;
const headBytes = 5;

/**
 * A task's result as bytes, little-endian: `u32` count, `u8` flags (1: secondary, 2: returns that are not the scores), then
 * the columns as f64: indexes, scores, secondary, returns.
 */
export function encodeTaskResult(
  { indexes, scores, secondary, returns }: ScoredColumns,
): Uint8Array<ArrayBuffer> {
  const columns = [
    indexes,
    scores,
    ...(secondary === null ? [] : [secondary]),
    ...(returns === scores ? [] : [returns]),
  ];
  const count = indexes.length;
  const bytes = new Uint8Array(headBytes + columns.length * count * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, count, true);
  view.setUint8(4, (secondary === null ? 0 : hasSecondary) | (returns === scores ? 0 : hasReturns));
  let at = headBytes;
  for (const column of columns) {
    for (const value of column) {
      view.setFloat64(at, value, true);
      at += 8;
    }
  }
  return bytes;
}

/** Reads a result back, bit by bit; throws when the bytes are none. */
export function decodeTaskResult(bytes: Uint8Array): ScoredColumns {
  const refuse = (fact: string) => new Error(`Cannot read a task's result of ${bytes.length} bytes: ${fact}`);
  if (bytes.length < headBytes) throw refuse("it has no head");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  const flags = view.getUint8(4);
  if (flags > (hasSecondary | hasReturns)) throw refuse(`its flags ${flags} are not known here`);
  const columns = 2 + Number((flags & hasSecondary) > 0) + Number((flags & hasReturns) > 0);
  const expected = headBytes + columns * count * 8;
  if (bytes.length !== expected) throw refuse(`${count} rows of ${columns} columns have ${expected}`);
  let at = headBytes;
  const column = () => {
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++, at += 8) values[i] = view.getFloat64(at, true);
    return values;
  };
  const [indexes, scores] = [column(), column()];
  const secondary = (flags & hasSecondary) > 0 ? column() : null;
  return { indexes, scores, secondary, returns: (flags & hasReturns) > 0 ? column() : scores };
}
