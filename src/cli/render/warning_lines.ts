/** Warnings about results as lines below their table; nothing when there are none. */
export function warningLines(warnings: readonly string[]): string {
  return warnings.map((warning) => `Warning: ${warning}\n`).join("");
}
