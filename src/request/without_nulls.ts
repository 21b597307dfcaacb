/** A schema's output without the members that are null: to leave a member out means the same. */
export type WithoutNulls<T> = T extends object
  ? { readonly [Name in keyof T]: WithoutNulls<Exclude<T[Name], null | undefined>> }
  : T;

/** A JSON value without the members that are null. */
export function withoutNulls<T>(value: T): WithoutNulls<T> {
  return cleared(value) as WithoutNulls<T>;
}

function cleared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleared);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, cleared(member)]));
}
