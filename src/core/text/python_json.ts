/*
 * Variant keys are hashes of text that Python's json.dumps wrote. JSON.stringify agrees with it except for the three
 * things below.
 */

/** A float as Python's `repr` prints it: shortest digits, `.0` when integral, exponent form outside 1e-4..1e16. */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`Cannot print ${value} as a JSON number`);
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa, exponentText] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  // Between the two, JavaScript writes the same text but for the `.0`.
  const text = String(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** An integer as plain digits, whatever its size. */
export function pythonInt(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
}

/** A quoted string. `ascii` writes everything beyond `~` as `\uXXXX`, as Python does unless told otherwise. */
export function pythonString(text: string, options: { readonly ascii: boolean }): string {
  const quoted = JSON.stringify(text);
  if (!options.ascii) return quoted;
  return quoted.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Orders strings by code point, as Python does; `<` compares UTF-16 units and puts emoji before U+FFFD. */
export function compareCodePoints(a: string, b: string): number {
  const left = Array.from(a, (char) => char.codePointAt(0)!);
  const right = Array.from(b, (char) => char.codePointAt(0)!);
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    if (left[i] !== right[i]) return left[i]! - right[i]!;
  }
  return left.length - right.length;
}
