import { partsOf, type Syntax } from "./syntax.ts";

/** Most nodes over all sides, definitions put in. */
export const nodesMax = 500;

/** Names that occur in a text. */
export function namesIn(syntax: Syntax): ReadonlySet<string> {
  const names = new Set<string>();
  const rest: Syntax[] = [syntax];
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (node.kind === "name") names.add(node.name);
    rest.push(...partsOf(node));
  }
  return names;
}

/** Definitions in an order in which each comes after those it uses, and those that are used in their own definition. */
export function orderDefinitions(
  texts: ReadonlyMap<string, Syntax>,
): { readonly order: readonly string[]; readonly circular: ReadonlySet<string> } {
  const uses = new Map(
    [...texts].map(([name, syntax]) => [name, [...namesIn(syntax)].filter((used) => texts.has(used))]),
  );
  const order: string[] = [];
  const done = new Set<string>();
  for (let before = -1; before < order.length;) {
    before = order.length;
    for (const [name, used] of uses) {
      if (done.has(name) || !used.every((other) => done.has(other))) continue;
      done.add(name);
      order.push(name);
    }
  }
  const left = [...uses.keys()].filter((name) => !done.has(name));
  return { order, circular: new Set(left.filter((name) => reached(uses.get(name)!, uses).has(name))) };
}

/** All definitions that some names lead to. */
export function reached(
  names: Iterable<string>,
  uses: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const seen = new Set<string>();
  const rest = [...names];
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (seen.has(name) || !uses.has(name)) continue;
    seen.add(name);
    rest.push(...uses.get(name)!);
  }
  return seen;
}

/**
 * How many nodes a text has with its definitions put in: every number, name, text, operator, call and output is one.
 * `sizes` are those of the definitions it may use. No more than what an f64 counts exactly.
 */
export function sizeOf(syntax: Syntax, sizes: ReadonlyMap<string, number>): number {
  let size = 0;
  const rest: Syntax[] = [syntax];
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    size += node.kind === "name" ? sizes.get(node.name) ?? 1 : 1;
    rest.push(...partsOf(node));
  }
  return Math.min(size, Number.MAX_SAFE_INTEGER);
}
