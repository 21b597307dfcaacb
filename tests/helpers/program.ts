import { fileURLToPath } from "node:url";
import { commandPermissions } from "./task_permissions.ts";

/** How a run of the program ended. */
export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run gets besides its arguments. Nothing of this process's environment is passed on but what Deno needs. */
export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Entry point, relative to the project's folder; `src/main.ts` unless given. */
  readonly script?: string;
  /** Where it runs; the project's folder unless given. */
  readonly cwd?: string;
  /** Permission flags; those of the command's task unless given, or every one but FFI where there is no such task. */
  readonly permissions?: readonly string[];
  /** A command that starts it in the place of this process, such as `ip netns exec NAME`. */
  readonly within?: readonly string[];
}

/** A started program. */
export interface RunningProgram {
  readonly process: Deno.ChildProcess;
  /** Everything written to stderr so far. */
  readonly stderr: () => string;
  /** Resolves when stderr contains `text`; rejects when the program ends before, and after three minutes. */
  saw(text: string): Promise<void>;
  ended(): Promise<ProgramResult>;
}

// far more than anything takes on a busy machine
const sawMaxMs = 180_000;
const root = new URL("../../", import.meta.url);
const inherited = ["HOME", "PATH", "DENO_DIR", "TMPDIR", "NPM_CONFIG_REGISTRY"];

/** Starts the program as a process of its own, in the project's folder. */
export function startProgram(args: readonly string[], options: ProgramOptions = {}): RunningProgram {
  const script = new URL(options.script ?? "src/main.ts", root);
  const permissions = options.permissions ?? (options.script ? null : commandPermissions(args)) ??
    everyPermission;
  const hasPackages = permissions.some((flag) => flag.startsWith("--node-modules-dir"));
  const [command, ...before] = [...options.within ?? [], Deno.execPath()];
  const process = new Deno.Command(command!, {
    args: [
      ...before,
      "run",
      ...hasPackages ? [] : ["--node-modules-dir=manual"],
      "--no-prompt",
      "--no-check",
      ...permissions,
      fileURLToPath(script),
      ...args,
    ],
    cwd: options.cwd ?? root,
    clearEnv: true,
    env: { ...baseEnvironment(), ...options.env },
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdin = feed(process, options.stdin);
  const stdout = new Response(process.stdout).text();
  const watched = watchText(process.stderr);
  return {
    process,
    stderr: () => watched.text(),
    saw: watched.saw,
    async ended() {
      const [{ code }, out] = await Promise.all([process.status, stdout, watched.closed, stdin]);
      return { code, stdout: out, stderr: watched.text() };
    },
  };
}

/** Runs the program to its end. */
export async function runProgram(
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  return await startProgram(args, options).ended();
}

/** Tells a program to stop that may have ended by itself. */
export function endIfRunning({ process }: Pick<RunningProgram, "process">): void {
  try {
    process.kill("SIGTERM");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

const everyPermission = [
  "--allow-read",
  "--allow-write",
  "--allow-run",
  "--allow-net",
  "--allow-env",
  "--allow-sys",
];

function baseEnvironment(): Record<string, string> {
  const entries = inherited.map((name) => [name, Deno.env.get(name)] as const);
  return { ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)), NO_COLOR: "1" };
}

async function feed(process: Deno.ChildProcess, text: string | undefined): Promise<void> {
  if (text === undefined) return;
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}

/** Collects a stream's text, and tells when something has been written. */
export function watchText(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  let text = "";
  let done = false;
  let wake = Promise.withResolvers<void>();
  const closed = (async () => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      wake.resolve();
      wake = Promise.withResolvers();
    }
    done = true;
    wake.resolve();
  })();
  return {
    text: () => text,
    closed,
    async saw(expected: string) {
      let late = false;
      const deadline = setTimeout(() => {
        late = true;
        wake.resolve();
      }, sawMaxMs);
      try {
        while (!text.includes(expected)) {
          const fault = done ? "ended without writing" : late ? `has for ${sawMaxMs} ms not written` : null;
          if (fault) throw new Error(`The program ${fault} "${expected}"; it wrote: ${text}`);
          await wake.promise;
        }
      } finally {
        clearTimeout(deadline);
      }
    },
  };
}
