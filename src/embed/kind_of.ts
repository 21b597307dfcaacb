const textMax = 40;

/** What a value is, as errors name it. Looks into nothing: a caller's mistake may be an object of any size and form. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  switch (typeof value) {
    case "string":
      return value.length > textMax ? `a text of ${value.length} characters` : JSON.stringify(value);
    case "number":
    case "boolean":
      return String(value);
    case "bigint":
      return "a bigint";
    case "object":
      if (Array.isArray(value)) return `an array of ${value.length}`;
      if (ArrayBuffer.isView(value)) return `a view of ${value.byteLength} bytes`;
      return value instanceof ArrayBuffer ? `a buffer of ${value.byteLength} bytes` : "an object";
    default:
      return `a ${typeof value}`;
  }
}
