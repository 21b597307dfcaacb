/** Six values of a candle row: epoch ms, open, high, low, close, volume. */
export type NativeRow = readonly number[];

/** A block of candle rows as a ClickHouse server writes it in its `Native` format. */
export function nativeBlock(
  rows: readonly NativeRow[],
  { types = candleTypes }: { readonly types?: readonly string[] } = {},
): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [...varint(types.length), ...varint(rows.length)];
  types.forEach((type, index) => {
    const values = rows.map((row) => row[index]!);
    const column = type === "Float64" ? new Float64Array(values) : new Float32Array(values);
    bytes.push(...text(`column${index}`), ...text(type), ...new Uint8Array(column.buffer));
  });
  return Uint8Array.from(bytes);
}

const candleTypes: readonly string[] = ["Float64", "Float32", "Float32", "Float32", "Float32", "Float32"];

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...varint(bytes.length), ...bytes];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
