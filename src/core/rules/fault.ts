/** What is wrong with the rules of a template: a path below `rules`, and where in that member's text. */
export interface RuleFault {
  /** Dotted, such as `long.enter` or `where[0]`; empty for the rules as a whole. */
  readonly path: string;
  /** Code points from 1; null where the fault has no place in a text. */
  readonly position: number | null;
  /** A sentence with the position in it. */
  readonly message: string;
}

/** The first fault of one text; thrown and caught within this wing. */
export class TextFault extends Error {
  constructor(readonly position: number | null, message: string) {
    super(message);
  }
}

/** A fault at a position: `<said> at <position>`, and after a colon a hint where there is one. */
export function faultAt(
  position: number,
  what: string | { readonly said: string; readonly hint: string | null },
): TextFault {
  const { said, hint } = typeof what === "string" ? { said: what, hint: null } : what;
  return new TextFault(position, `${said} at ${position}${hint === null ? "" : `: ${hint}`}`);
}
