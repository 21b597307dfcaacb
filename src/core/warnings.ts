/** Everything an answer can warn of. */
export const warningCodes = [
  "look_ahead",
] as const;

/** Name of one of {@link warningCodes}. */
export type WarningCode = typeof warningCodes[number];

/** A warning as answers carry it: `code: sentence`, so that a program can tell the kinds apart and a person can read it. */
export function warning(code: WarningCode, sentence: string): string {
  return `${code}: ${sentence}`;
}
