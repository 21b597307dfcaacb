import { join } from "node:path";
import ts from "typescript";
import type { Texts } from "./reach.ts";

/**
 * Whether a changed text of a file has type errors that the file itself does not have. The checks are those of `deno.json`,
 * with the types of the packages in `node_modules`; what cannot be found is `any` in both, and so makes no difference.
 *
 * @param root the project's folder; `texts` what its files are to be taken for.
 */
export async function typeFaults(
  root: string,
  texts: Texts,
): Promise<(path: string, text: string) => boolean> {
  const settings = JSON.parse(texts.get("deno.json")!) as { compilerOptions: Record<string, unknown> };
  const options: ts.CompilerOptions = {
    ...settings.compilerOptions,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    lib: ["lib.esnext.d.ts"],
    types: [],
  };
  const denoTypes = join(root, "deno.d.ts");
  const known = new Map([...texts].map(([path, text]) => [join(root, path), text]));
  known.set(denoTypes, await typesOfDeno());
  const versions = new Map<string, number>();
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => options,
    getScriptFileNames:
      () => [denoTypes, ...[...texts.keys()].filter(isSource).map((path) => join(root, path))],
    getScriptVersion: (path) => String(versions.get(path) ?? 0),
    getScriptSnapshot(path) {
      const text = known.get(path) ?? ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => known.has(path) || ts.sys.fileExists(path),
    readFile: (path) => known.get(path) ?? ts.sys.readFile(path),
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  };
  const service = ts.createLanguageService(host);
  const faultsOf = (path: string, text: string): readonly string[] => {
    known.set(path, text);
    versions.set(path, (versions.get(path) ?? 0) + 1);
    const found = [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)];
    return found.map(({ code, messageText }) =>
      `${code} ${ts.flattenDiagnosticMessageText(messageText, " ")}`
    );
  };
  return (path, text) => {
    const file = join(root, path);
    const original = texts.get(path)!;
    const before = new Set(faultsOf(file, original));
    const after = faultsOf(file, text);
    faultsOf(file, original);
    return after.some((fault) => !before.has(fault));
  };
}

function isSource(path: string): boolean {
  return path.startsWith("src/") && path.endsWith(".ts") && !path.endsWith("_test.ts");
}

async function typesOfDeno(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["types"] }).output();
  return new TextDecoder().decode(stdout);
}
