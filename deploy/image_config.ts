/** The part of deno.json that is looked at. */
export interface DenoConfig {
  readonly imports: Readonly<Record<string, string>>;
  readonly nodeModulesDir?: string;
  readonly compilerOptions?: unknown;
}

/**
 * The configuration of an image: packages that one of `specifiers` (`npm:/zod@4.6.7`, as `deno info` prints them) names,
 * and nothing that is for development; all of them are installed. Throws for an import that is no npm package.
 */
export function imageConfig(config: DenoConfig, specifiers: readonly string[]): DenoConfig {
  const used = new Set(specifiers.filter((specifier) => specifier.startsWith("npm:")).map(packageOf));
  const imports = Object.entries(config.imports).filter(([, target]) => used.has(packageOf(target)));
  return {
    nodeModulesDir: "auto",
    imports: Object.fromEntries(imports),
    compilerOptions: config.compilerOptions ?? {},
  };
}

/** `npm:/csv-parse@7.0.3/sync` -> `csv-parse@7.0.3`. */
function packageOf(specifier: string): string {
  const [, found] = /^npm:\/?((?:@[^/@]+\/)?[^/@]+@[^/]+)/.exec(specifier) ?? [];
  if (found === undefined) throw new Error(`Cannot tell the package of "${specifier}"`);
  return found;
}
