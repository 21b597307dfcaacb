/**
 * An object with its members in the order of `names`, which not every store keeps. Named members that it lacks stay away;
 * those it has beyond them, as a later version may have stored, come last by name.
 */
export function inMemberOrder<T extends object>(value: T, names: readonly string[]): T {
  const members = value as Readonly<Record<string, unknown>>;
  const known = names.filter((name) => Object.hasOwn(members, name));
  const others = Object.keys(members).filter((name) => !names.includes(name)).sort();
  return Object.fromEntries([...known, ...others].map((name) => [name, members[name]])) as T;
}
