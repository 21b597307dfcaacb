import ts from "typescript";

/** A stretch of a text and what comes in its place. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly after: string;
}

type Operator = (node: ts.Node, source: ts.SourceFile) => readonly Edit[];

const swaps = (pairs: Readonly<Record<string, string>>): Operator => (node, source) => {
  if (!ts.isBinaryExpression(node)) return [];
  const after = pairs[node.operatorToken.getText(source)];
  return after === undefined ? [] : [replace(node.operatorToken, after, source)];
};

const calls: Readonly<Record<string, string>> = {
  min: "max",
  max: "min",
  floor: "ceil",
  ceil: "floor",
  some: "every",
  every: "some",
};

/** What each operator makes of a node. Texts, among them SQL, and numbers are left as they are. */
export const operators: Readonly<Record<string, Operator>> = {
  boundary: swaps({ "<": "<=", "<=": "<", ">": ">=", ">=": ">" }),
  equality: swaps({ "===": "!==", "!==": "===" }),
  arithmetic: swaps({
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "%": "*",
    "**": "*",
    "+=": "-=",
    "-=": "+=",
    "*=": "/=",
  }),
  logical: swaps({ "&&": "||", "||": "&&" }),
  missing: (node, source) =>
    ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken
      ? [replace(node, node.right.getText(source), source)]
      : [],
  condition(node, source) {
    const condition = conditionOf(node);
    return condition === null || changesOtherwise(condition)
      ? []
      : [replace(condition, `!(${condition.getText(source)})`, source)];
  },
  negation: (node, source) =>
    ts.isPrefixUnaryExpression(node) && signs.has(node.operator)
      ? [replace(node, node.operand.getText(source), source)]
      : [],
  step(node, source) {
    if (!ts.isPrefixUnaryExpression(node) && !ts.isPostfixUnaryExpression(node)) return [];
    const text = node.getText(source);
    if (node.operator === ts.SyntaxKind.PlusPlusToken) {
      return [replace(node, text.replace("++", "--"), source)];
    }
    if (node.operator === ts.SyntaxKind.MinusMinusToken) {
      return [replace(node, text.replace("--", "++"), source)];
    }
    return [];
  },
  boolean(node, source) {
    if (node.kind === ts.SyntaxKind.TrueKeyword) return [replace(node, "false", source)];
    return node.kind === ts.SyntaxKind.FalseKeyword ? [replace(node, "true", source)] : [];
  },
  call(node, source) {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
    const { name } = node.expression;
    return Object.hasOwn(calls, name.text) ? [replace(name, calls[name.text]!, source)] : [];
  },
  statement: (node, source) => isRemovable(node) ? [replace(node, ";", source)] : [],
  await: (node, source) =>
    ts.isAwaitExpression(node) && isUnused(node)
      ? [replace(node, node.expression.getText(source), source)]
      : [],
  result(node, source) {
    const value = ts.isReturnStatement(node)
      ? node.expression
      : ts.isArrowFunction(node) && !ts.isBlock(node.body)
      ? node.body
      : undefined;
    const made = value && functionOf(node);
    if (!value || !made || made.asteriskToken) return [];
    const text = value.getText(source);
    return constantsOf(made.type).filter((constant) => constant !== text)
      .map((constant) => replace(value, constant, source));
  },
};

const signs: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.ExclamationToken,
  ts.SyntaxKind.MinusToken,
]);

function replace(node: ts.Node, after: string, source: ts.SourceFile): Edit {
  return { start: node.getStart(source), end: node.getEnd(), after };
}

function conditionOf(node: ts.Node): ts.Expression | null {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return node.expression;
  return ts.isConditionalExpression(node) ? node.condition : null;
}

/** Whether another operator does to a condition what negating it would. */
function changesOtherwise(condition: ts.Expression): boolean {
  if (ts.isPrefixUnaryExpression(condition)) return condition.operator === ts.SyntaxKind.ExclamationToken;
  if (ts.isBinaryExpression(condition)) {
    return [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken]
      .includes(condition.operatorToken.kind);
  }
  return condition.kind === ts.SyntaxKind.TrueKeyword;
}

function isRemovable(node: ts.Node): boolean {
  if (ts.isReturnStatement(node)) return node.expression === undefined;
  return ts.isExpressionStatement(node) || ts.isThrowStatement(node) || ts.isBreakOrContinueStatement(node);
}

/** Whether only the moment at which an awaited promise is done matters, not what it brings. */
function isUnused(node: ts.AwaitExpression): boolean {
  if (ts.isExpressionStatement(node.parent)) return true;
  if (!ts.isReturnStatement(node.parent)) return false;
  for (let at: ts.Node = node; at.parent && !ts.isFunctionLike(at); at = at.parent) {
    if (ts.isTryStatement(at.parent) && at.parent.tryBlock === at) return true;
  }
  return false;
}

interface Made {
  readonly type?: ts.TypeNode | undefined;
  readonly asteriskToken?: ts.AsteriskToken | undefined;
}

function functionOf(node: ts.Node): Made | null {
  for (let at: ts.Node | undefined = node; at; at = at.parent) {
    if (ts.isFunctionDeclaration(at) || ts.isFunctionExpression(at) || ts.isMethodDeclaration(at)) return at;
    if (ts.isArrowFunction(at) || ts.isGetAccessorDeclaration(at)) return { type: at.type };
    if (ts.isFunctionLike(at)) return null;
  }
  return null;
}

/** Values of a declared type that a function might return whatever it is given. */
function constantsOf(type: ts.TypeNode | undefined): readonly string[] {
  if (type === undefined) return [];
  if (ts.isTypePredicateNode(type) || type.kind === ts.SyntaxKind.BooleanKeyword) return ["true", "false"];
  if (type.kind === ts.SyntaxKind.NumberKeyword) return ["0"];
  if (type.kind === ts.SyntaxKind.StringKeyword) return ['""'];
  if (ts.isArrayTypeNode(type)) return ["[]"];
  if (ts.isTypeOperatorNode(type)) return constantsOf(type.type);
  if (ts.isUnionTypeNode(type)) return type.types.some(isNull) ? ["null"] : [];
  if (ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName) && type.typeName.text === "Promise") {
    return constantsOf(type.typeArguments?.[0]);
  }
  return [];
}

function isNull(type: ts.TypeNode): boolean {
  return ts.isLiteralTypeNode(type) && type.literal.kind === ts.SyntaxKind.NullKeyword;
}
