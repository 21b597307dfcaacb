import { posix } from "node:path";
import ts from "typescript";

/** A file of the project that another one loads, and the names it takes from it; null: it runs the file as a whole. */
interface Link {
  readonly path: string;
  readonly names: readonly { readonly name: string; readonly as: string }[] | null;
}

/**
 * For every file, those that its code is loaded from. Types do not count; a worker or a program that is started from a
 * `new URL("...", import.meta.url)` does. A name that is imported by way of a door, a file that only hands on what others
 * export, counts as imported from where it is made: else whoever takes one name would reach all that is behind the door.
 */
export function importsOf(texts: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const sources = [...texts].filter(([path]) => path.endsWith(".ts")).map(([path, text]) => {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    return { path, source, links: linksOf(path, source) };
  });
  const doors = new Map(
    sources.filter(({ source }) => isDoor(source)).map(({ path, links }) => [path, handedOn(links)]),
  );
  const origin = (path: string, name: string): string => {
    const from = doors.get(path)?.get(name);
    return from === undefined ? path : origin(from.path, from.name);
  };
  const targets = ({ path, names }: Link) =>
    names === null ? [path] : names.map(({ name }) => origin(path, name));
  return new Map(
    sources.map(({ path, links }) => [path, doors.has(path) ? [] : [...new Set(links.flatMap(targets))]]),
  );
}

function handedOn(
  links: readonly Link[],
): ReadonlyMap<string, { readonly path: string; readonly name: string }> {
  return new Map(
    links.flatMap(({ path, names }) => (names ?? []).map(({ name, as }) => [as, { path, name }])),
  );
}

function isDoor(source: ts.SourceFile): boolean {
  return source.statements.length > 0 &&
    source.statements.every((statement) =>
      ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined &&
      statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause)
    );
}

function linksOf(path: string, source: ts.SourceFile): readonly Link[] {
  const links: Link[] = [];
  const visit = (node: ts.Node): void => {
    const link = loadedBy(node);
    if (link && ts.isStringLiteral(link.specifier) && /^\..*\.ts$/.test(link.specifier.text)) {
      links.push({ path: posix.join(posix.dirname(path), link.specifier.text), names: link.names });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return links;
}

function loadedBy(
  node: ts.Node,
): { readonly specifier: ts.Expression; readonly names: Link["names"] } | null {
  if (ts.isImportDeclaration(node)) {
    const { moduleSpecifier: specifier, importClause: clause } = node;
    if (clause?.isTypeOnly) return null;
    const named = clause?.namedBindings;
    const namesOnly = named && ts.isNamedImports(named) && clause.name === undefined;
    return withNames(specifier, namesOnly ? named.elements : null);
  }
  if (ts.isExportDeclaration(node)) {
    if (node.isTypeOnly || !node.moduleSpecifier) return null;
    const clause = node.exportClause;
    return withNames(node.moduleSpecifier, clause && ts.isNamedExports(clause) ? clause.elements : null);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: node.arguments[0]!, names: null };
  }
  const isUrl = ts.isNewExpression(node) && ts.isIdentifier(node.expression) &&
    node.expression.text === "URL" && node.arguments?.[1]?.getText() === "import.meta.url";
  return isUrl ? { specifier: node.arguments![0]!, names: null } : null;
}

function withNames(
  specifier: ts.Expression,
  elements: ts.NodeArray<ts.ImportSpecifier> | ts.NodeArray<ts.ExportSpecifier> | null,
): ReturnType<typeof loadedBy> {
  if (elements === null) return { specifier, names: null };
  const values = elements.filter(({ isTypeOnly }) => !isTypeOnly);
  if (elements.length > 0 && values.length === 0) return null;
  return {
    specifier,
    names: values.map(({ name, propertyName }) => ({ name: (propertyName ?? name).text, as: name.text })),
  };
}
