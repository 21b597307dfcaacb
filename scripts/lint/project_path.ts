import { isAbsolute, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A linted file's path relative to the project, with forward slashes; relative names are taken as such already. */
export function projectPath(filename: string): string {
  const path = isAbsolute(filename) ? relative(root, filename) : filename;
  return posix.normalize(path.replaceAll("\\", "/"));
}

/** Whether the file holds tests, which may do what the source may not. */
export function isTest(path: string): boolean {
  return path.startsWith("tests/") || path.endsWith("_test.ts");
}

/** Whether the file is source, as opposed to tests, scripts and the rest. */
export function isSource(path: string): boolean {
  return path.startsWith("src/") && !isTest(path);
}
