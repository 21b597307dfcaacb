// The only address arithmetic: typed reads and writes of columns, masks and records. Indexes count elements.

/** Element of an f32 column, widened. */
export function f32At(column: usize, index: i32): f64 {
  return load<f32>(column + ((index as usize) << 2)) as f64;
}

/** Element of an array of any float type, widened. */
export function valueAt<Value>(array: usize, index: i32): f64 {
  return load<Value>(array + ((index as usize) << alignof<Value>())) as f64;
}

/** Writes an element of an array of any float type, rounded to it. */
export function putValue<Value>(array: usize, index: i32, value: f64): void {
  store<Value>(array + ((index as usize) << alignof<Value>()), value as Value);
}

/** Element of an f32 column as it is, for arithmetic that must stay in f32. */
export function rawF32At(column: usize, index: i32): f32 {
  return load<f32>(column + ((index as usize) << 2));
}

/** Rounds to f32. */
export function putF32(column: usize, index: i32, value: f64): void {
  store<f32>(column + ((index as usize) << 2), value as f32);
}

/** Element of an i32 array. */
export function i32At(array: usize, index: i32): i32 {
  return load<i32>(array + ((index as usize) << 2));
}

/** Writes an element of an i32 array. */
export function putI32(array: usize, index: i32, value: i32): void {
  store<i32>(array + ((index as usize) << 2), value);
}

/** Element of an f64 array. */
export function f64At(array: usize, index: i32): f64 {
  return load<f64>(array + ((index as usize) << 3));
}

/** Writes an element of an f64 array. */
export function putF64(array: usize, index: i32, value: f64): void {
  store<f64>(array + ((index as usize) << 3), value);
}

/** Field of a record of f64 fields. */
export function field(record: usize, offset: i32): f64 {
  return load<f64>(record + (offset as usize));
}

/** Writes a field of a record of f64 fields. */
export function putField(record: usize, offset: i32, value: f64): void {
  store<f64>(record + (offset as usize), value);
}

/** Field of a record of i32 fields. */
export function intField(record: usize, offset: i32): i32 {
  return load<i32>(record + (offset as usize));
}

/** Writes a field of a record of i32 fields. */
export function putIntField(record: usize, offset: i32, value: i32): void {
  store<i32>(record + (offset as usize), value);
}

/** Address of record `index`. */
export function recordAt(records: usize, index: i32, stride: i32): usize {
  return records + (index as usize) * (stride as usize);
}

/** Address in a record of u32 fields. */
export function addressField(record: usize, offset: i32): usize {
  return load<u32>(record + (offset as usize)) as usize;
}

/** Writes an address into a record of u32 fields. */
export function putAddressField(record: usize, offset: i32, address: usize): void {
  store<u32>(record + (offset as usize), address as u32);
}

/** Element of a list of addresses. */
export function addressAt(list: usize, index: i32): usize {
  return load<u32>(list + ((index as usize) << 2)) as usize;
}

/** Word of a bit mask: bit b of word w is bar `64 * w + b`. */
export function wordAt(mask: usize, index: i32): u64 {
  return load<u64>(mask + ((index as usize) << 3));
}

/** Writes a word of a bit mask. */
export function putWord(mask: usize, index: i32, bits: u64): void {
  store<u64>(mask + ((index as usize) << 3), bits);
}

/** Bit of a mask, 0 or 1. */
export function bitAt(mask: usize, index: i32): i32 {
  return ((wordAt(mask, index >> 6) >> ((index & 63) as u64)) & 1) as i32;
}

/** Words of a mask over `bars` bars. */
export function wordsOf(bars: i32): i32 {
  return (bars + 63) >> 6;
}

/** Bits of word `index` that lie inside a mask over `bars` bars. */
export function insideBits(index: i32, bars: i32): u64 {
  const left = bars - (index << 6);
  return left >= 64 ? ~(0 as u64) : ((1 as u64) << (left as u64)) - 1;
}

/** Bytes of `count` records, for the host: exact also where an i32 would wrap around. */
export function bytesOf(count: i32, stride: i32): f64 {
  return (count as f64) * (stride as f64);
}

/** Four f32 elements from `index`. */
export function f32LanesAt(column: usize, index: i32): v128 {
  return v128.load(column + ((index as usize) << 2));
}

/** Two f64 elements from `index`. */
export function f64LanesAt(array: usize, index: i32): v128 {
  return v128.load(array + ((index as usize) << 3));
}

/** Writes two f64 elements from `index`. */
export function putF64Lanes(array: usize, index: i32, lanes: v128): void {
  v128.store(array + ((index as usize) << 3), lanes);
}

/** Element of an i64 array. */
export function i64At(array: usize, index: i32): i64 {
  return load<i64>(array + ((index as usize) << 3));
}

/** Writes an element of an i64 array. */
export function putI64(array: usize, index: i32, value: i64): void {
  store<i64>(array + ((index as usize) << 3), value);
}

/** Adds to an element of an i64 array. */
export function addI64(array: usize, index: i32, value: i64): void {
  putI64(array, index, i64At(array, index) + value);
}
