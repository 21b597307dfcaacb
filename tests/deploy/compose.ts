import { parse } from "yaml";

const root = new URL("../../", import.meta.url);

/** One service of compose.yaml, its variables filled in. */
export interface Service {
  readonly image: string;
  readonly command: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly stop_grace_period?: string;
  readonly [key: string]: unknown;
}

/** What compose.yaml says. */
export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly environment: string }>>;
  readonly [key: string]: unknown;
}

/** compose.yaml with the variables of `env`, as `docker compose config` would show it. Throws where one is required. */
export async function composeFile(env: Readonly<Record<string, string>>): Promise<Compose> {
  const text = await Deno.readTextFile(new URL("compose.yaml", root));
  return parse(interpolated(text, env), { merge: true });
}

/** Replaces `${NAME}`, `${NAME:-default}` and `${NAME:?message}`. */
function interpolated(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, kind?: string, rest?: string) => {
      const value = env[name] ?? "";
      if (value !== "") return value;
      if (kind === "?") throw new Error(`compose.yaml: ${name} ${rest}`);
      return rest ?? "";
    },
  );
}

/** What Deno is started with: the flags and the program, without the way to the binary. */
export function denoArguments({ entrypoint = [], command }: Service): readonly string[] {
  const all = [...entrypoint, ...command];
  return all[0] === "/bin/deno" ? all.slice(1) : all;
}

/** Addresses of a deployment and what stands for them on this machine, both as `host:port`. */
export type Addresses = Readonly<Record<string, string>>;

/** Arguments with the addresses of this machine: in the permissions, and where a server is told to listen. */
export function onThisMachine(args: readonly string[], addresses: Addresses): readonly string[] {
  return args.map((arg) => {
    if (!arg.startsWith("--allow-net=")) return arg === "0.0.0.0" ? "127.0.0.1" : arg;
    const named = arg.slice("--allow-net=".length).split(",");
    const unknown = named.filter((address) => !(address in addresses));
    if (unknown.length > 0) throw new Error(`Nothing stands for ${unknown.join(" and ")} on this machine`);
    return `--allow-net=${named.map((address) => addresses[address]).join()}`;
  });
}
