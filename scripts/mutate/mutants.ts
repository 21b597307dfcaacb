import { createHash } from "node:crypto";
import { basename } from "node:path";
import ts from "typescript";
import { type Edit, operators } from "./operators.ts";

/** One small change of one file that a test should notice. */
export interface Mutant extends Edit {
  /** Path in the project. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly operator: string;
  /** The text that `after` replaces. */
  readonly before: string;
  /** The line it is in, without indentation. */
  readonly code: string;
  /** Tells it from all others, wherever its file is moved and whatever else changes there. */
  readonly key: string;
}

/** All mutants of one file, in the order of the text. */
export function mutantsOf(path: string, text: string): readonly Mutant[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lines = text.split("\n");
  const found: Mutant[] = [];
  const seen = new Map<string, number>();
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    for (const [operator, editsOf] of Object.entries(operators)) {
      for (const edit of editsOf(node, source)) {
        const line = source.getLineAndCharacterOfPosition(edit.start).line;
        const code = lines[line]!.trim();
        const before = text.slice(edit.start, edit.end);
        const like = [basename(path), operator, code, before, edit.after].join("\n");
        const nth = (seen.get(like) ?? 0) + 1;
        seen.set(like, nth);
        found.push({ ...edit, path, line: line + 1, operator, before, code, key: sha256(`${like}\n${nth}`) });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The text with the mutation made. */
export function mutated(text: string, { start, end, after }: Edit): string {
  return text.slice(0, start) + after + text.slice(end);
}

/**
 * The mutants in an order that only the seed and the mutants themselves decide: what is added or moved elsewhere changes
 * nothing in the order of the others.
 */
export function shuffled(mutants: readonly Mutant[], seed: number): readonly Mutant[] {
  return mutants.map((mutant) => ({ mutant, order: sha256(`${seed}\n${mutant.key}`) }))
    .sort((a, b) => a.order < b.order ? -1 : 1)
    .map(({ mutant }) => mutant);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
