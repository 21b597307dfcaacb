import ts from "typescript";
import { filesBelow } from "../../scripts/files_below.ts";

/** One regular expression of the program. */
export interface SourceExpression {
  /** `src/core/shown.ts:12` */
  readonly at: string;
  readonly source: string;
  readonly flags: string;
}

/** What the source makes regular expressions of. */
export interface SourceExpressions {
  readonly literals: readonly SourceExpression[];
  /** Places of `RegExp(...)` whose text stands nowhere in the source, so that nobody can judge it. */
  readonly computed: readonly string[];
}

/** Every regular expression below `src`, tests left out, as the compiler reads it. */
export async function sourceExpressions(): Promise<SourceExpressions> {
  const literals: SourceExpression[] = [];
  const computed: string[] = [];
  const names = (await filesBelow("src")).filter((name) =>
    name.endsWith(".ts") && !name.endsWith("_test.ts")
  );
  for (const name of names) {
    const path = `src/${name}`;
    const file = ts.createSourceFile(path, await Deno.readTextFile(path), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      const at = `${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
      if (ts.isRegularExpressionLiteral(node)) literals.push({ at, ...partsOf(node.text) });
      const called = ts.isNewExpression(node) || ts.isCallExpression(node);
      if (called && node.expression.getText() === "RegExp") {
        const texts = (node.arguments ?? []).map((argument) =>
          ts.isStringLiteralLike(argument) ? argument.text : null
        );
        if (texts.includes(null)) computed.push(at);
        else literals.push({ at, source: texts[0] ?? "", flags: texts[1] ?? "" });
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { literals, computed };
}

function partsOf(literal: string): Pick<SourceExpression, "source" | "flags"> {
  const end = literal.lastIndexOf("/");
  return { source: literal.slice(1, end), flags: literal.slice(end + 1) };
}
