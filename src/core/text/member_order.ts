/**
 * An object with its members in the order of `names`, which not every store keeps. Named members that it lacks stay away;
 * those it has beyond them, as a later version may have stored, come last by name.
 */
export function inMemberOrder<T extends object>(value: T, names: readonly string[]): T {
  const members = value as Readonly<Record<string, unknown>>;
  const ordered: Record<string, unknown> = {};
  let known = 0;
  for (const name of names) {
    if (!Object.hasOwn(members, name)) continue;
    ordered[name] = members[name];
    known++;
  }
  const all = Object.keys(members);
  if (known === all.length) return ordered as T;
  const others = all.filter((name) => !names.includes(name)).sort();
  // not by assignment: what a store gives may be called "__proto__"
  return { ...ordered, ...Object.fromEntries(others.map((name) => [name, members[name]])) } as T;
}
