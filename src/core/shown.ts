const lengthMax = 80;

/** A value as error texts show it: JSON on one line, cut to 80 characters. */
export function shown(value: unknown): string {
  const text = typeof value === "bigint" || typeof value === "number"
    ? String(value)
    : JSON.stringify(value, (_, member) => typeof member === "bigint" ? Number(member) : member) ??
      String(value);
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 3)}...`;
}
