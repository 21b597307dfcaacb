const ownLinesMax = 70;

type FunctionNode =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

/** A function that does not fit a screen holds two ideas. Those with a body inside it are counted by themselves. */
export const functionSize: Deno.lint.Rule = {
  create(context) {
    const enclosing: number[] = [];
    const lines = ([from, to]: readonly [number, number]) =>
      context.sourceCode.text.slice(from, to).split("\n").length;
    const enter = () => void enclosing.push(0);
    const leave = (node: FunctionNode) => {
      const all = lines(node.range);
      const own = all - enclosing.pop()!;
      const outer = enclosing.length - 1;
      const counted = node.body?.type === "BlockStatement" ? all - 1 : all - own;
      if (outer >= 0) enclosing[outer]! += counted;
      if (own <= ownLinesMax) return;
      const message = `A function has ${own} lines of its own, at most ${ownLinesMax} are allowed`;
      context.report({ range: [node.range[0], node.range[0] + 1], message });
    };
    return {
      FunctionDeclaration: enter,
      "FunctionDeclaration:exit": leave,
      FunctionExpression: enter,
      "FunctionExpression:exit": leave,
      ArrowFunctionExpression: enter,
      "ArrowFunctionExpression:exit": leave,
    };
  },
};
