import { importsOf } from "./imports.ts";

/** The files of a project by their paths in it. */
export type Texts = ReadonlyMap<string, string>;

/** A test file that runs a file's code. */
export interface ReachingTest {
  readonly path: string;
  /** How many imports lie between them; 0 for the test of the same name. */
  readonly distance: number;
  /** How many files it loads. */
  readonly loads: number;
}

/** For a file, the test files that run it, directly or by what they import; nearest first. */
export function testsReaching(texts: Texts): (path: string) => readonly ReachingTest[] {
  const imports = importsOf(texts);
  const importers = new Map<string, string[]>();
  for (const [path, targets] of imports) {
    for (const target of targets) importers.set(target, [...importers.get(target) ?? [], path]);
  }
  return (start) => {
    const own = start.replace(/\.ts$/, "_test.ts");
    return [...distances(start, importers)].filter(([path]) => path.endsWith("_test.ts"))
      .map(([path, distance]) => ({
        path,
        distance: path === own ? 0 : distance,
        loads: distances(path, imports).size,
      }))
      .sort((a, b) => a.distance - b.distance || a.loads - b.loads || (a.path < b.path ? -1 : 1));
  };
}

/** All that can be reached from a file, with the number of steps to it. */
function distances(start: string, next: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const distance = new Map([[start, 0]]);
  // a map is gone through with what is added meanwhile
  for (const [path, steps] of distance) {
    for (const step of next.get(path) ?? []) {
      if (!distance.has(step)) distance.set(step, steps + 1);
    }
  }
  return distance;
}
