import { posix } from "node:path";
import { isSource, projectPath } from "./project_path.ts";

/** What the files of one folder may import besides each other. */
interface Layer {
  /** Path prefixes of the project. */
  readonly files: readonly string[];
  /** Bare specifiers, with everything below them; `any` for no restriction. */
  readonly packages: readonly string[] | "any";
  /** Files that are out of bounds although their folder is not, and why. */
  readonly except?: Readonly<Record<string, string>>;
}

const core = "src/core/";
const ports = "src/ports/";
const schema = "src/schema/";
const request = "src/request/";
const answers = "src/answers/";
const sweep = "src/sweep/";
const runs = "src/runs/";
const usecases = "src/usecases/";

/** The wings of `src/core/`, each with `mod.ts` as its door; a wing may use those before it. */
export const wings: readonly string[] = [
  "limits",
  "errors",
  "text",
  "numbers",
  "bars",
  "catalogue",
  "rules",
  "execution",
  "ranking",
  "grid",
  "report",
  "job",
  "optimization",
  "strategy",
  "run",
  "scenario",
];

/** The folders of `src/` and what each may import; docs/architecture.md has the same table. */
export const layers: Readonly<Record<string, Layer>> = {
  "src/core/": { files: [], packages: ["node:crypto"] },
  "src/ports/": { files: [core], packages: [] },
  "src/schema/": { files: [core], packages: ["zod", "yaml"] },
  "src/request/": { files: [schema, core], packages: ["zod"] },
  "src/answers/": { files: [request, schema, core], packages: ["zod"] },
  "src/sweep/": { files: [request, ports, core], packages: [] },
  // the rows are the run: what serves it knows nothing of who asks
  "src/runs/": { files: [sweep, answers, request, schema, ports, core], packages: [] },
  "src/usecases/": { files: [runs, sweep, answers, request, schema, ports, core], packages: [] },
  // a job is run, not looked up, and not as a synchronous run is run
  "src/worker/": {
    files: [sweep, request, ports, core],
    packages: [],
    except: { "src/ports/job_repository.ts": "a worker gets at jobs by claiming them" },
  },
  "src/api/": {
    files: [usecases, runs, answers, request, schema, ports, core, "src/config.ts"],
    packages: "any",
  },
  // runs in browsers, too: of the rest it takes types only
  "src/client/": { files: [answers, core], packages: ["eventsource-parser"] },
  "src/cli/": {
    files: [usecases, sweep, answers, request, schema, ports, core, "src/config.ts", "src/client/"],
    packages: "any",
  },
  "src/config.ts": { files: [schema, core], packages: "any" },
};

/** What an adapter may import; never another one. */
export const adapter: Layer = { files: [ports, core], packages: "any" };
// the host reads strides and codes from where the module's source has them
const wasmAdapter: Layer = { files: [ports, core, "assembly/layout.ts", "build/"], packages: "any" };

/** Imports go from the outside in: `main -> cli, api, worker -> usecases -> sweep -> request, ports -> core`. */
export const direction: Deno.lint.Rule = {
  create(context) {
    const path = projectPath(context.filename);
    if (!isSource(path)) return {};
    const found = isCompositionRoot(path) ? everything : layerOf(path);
    if (found === null) {
      const message =
        `${path} has no place in the import direction: add its folder to scripts/lint/direction.ts`;
      return { Program: (node) => context.report({ node, message }) };
    }
    const check = (node: Deno.lint.Node, specifier: string) => {
      const problem = refusal(specifier, { path, ...found });
      if (problem !== null) {
        context.report({ node, message: `${path} must not import "${specifier}": ${problem}` });
      }
    };
    const checkLiteral = (node: Deno.lint.Node, source: Deno.lint.Node | null | undefined) => {
      if (source?.type === "Literal" && typeof source.value === "string") check(node, source.value);
    };
    return {
      ImportDeclaration: (node) => check(node, node.source.value),
      ExportAllDeclaration: (node) => check(node, node.source.value),
      ExportNamedDeclaration: (node) => checkLiteral(node, node.source),
      ImportExpression: (node) => checkLiteral(node, node.source),
      TSImportType(node) {
        if (node.argument.type === "TSLiteralType") checkLiteral(node, node.argument.literal);
      },
    };
  },
};

// of core, too, these take the doors
const everything: Omit<Importer, "path"> = {
  home: "src/",
  layer: { files: ["assembly/", "build/"], packages: "any" },
};

// may import everything; nothing else lists it, so nothing else may import it
function isCompositionRoot(path: string): boolean {
  return path === "src/main.ts" || path.startsWith("src/wiring/") || path.startsWith("src/embed/");
}

interface Importer {
  readonly path: string;
  readonly home: string;
  readonly layer: Layer;
}

/** Why one file of core may not be imported: it is no door, or one of a wing that comes later. */
function shutWing({ path, target }: { readonly path: string; readonly target: string }): string | null {
  const [mine, its] = [wingOf(path), wingOf(target)];
  if (mine !== null && mine === its) return null;
  if (its === null) return `the wings of core are ${wings.join(", ")}`;
  const door = `${core}${its}/mod.ts`;
  if (target !== door) return `the door of this wing is ${door}`;
  return mine !== null && wings.indexOf(its) > wings.indexOf(mine)
    ? `the wing ${its} comes after ${mine}`
    : null;
}

function wingOf(path: string): string | null {
  const name = path.startsWith(core) ? path.split("/")[2]! : "";
  return wings.includes(name) ? name : null;
}

function layerOf(path: string): Omit<Importer, "path"> | null {
  const [, folder, name] = path.split("/");
  if (folder === "adapters") {
    return { home: `src/adapters/${name}/`, layer: name === "wasm" ? wasmAdapter : adapter };
  }
  const home = Object.keys(layers).find((prefix) => path.startsWith(prefix));
  return home === undefined ? null : { home, layer: layers[home]! };
}

function refusal(specifier: string, { path, home, layer }: Importer): string | null {
  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(path), specifier);
    const shut = target.startsWith(core) ? shutWing({ path, target }) : null;
    if (shut !== null) return shut;
    const except = layer.except?.[target];
    if (except !== undefined) return except;
    const allowed = [home, ...layer.files];
    if (allowed.some((prefix) => target.startsWith(prefix))) return null;
    return `${home} may import ${allowed.join(", ")}`;
  }
  const { packages } = layer;
  if (packages === "any" || packages.some((name) => specifier === name || specifier.startsWith(`${name}/`))) {
    return null;
  }
  return `${home} may import ${packages.length === 0 ? "no package" : `only ${packages.join(", ")}`}`;
}
