import { fileURLToPath } from "node:url";

const units = new URL("../../deploy/systemd/", import.meta.url);
const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

/** A service of deploy/systemd, as far as it tells what is started and how. */
export interface Unit {
  readonly text: string;
  /** What `ExecStart` starts Deno with. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Names of the secrets, each in a file of `%d`. */
  readonly credentials: readonly string[];
}

/** Reads a service, its specifiers and folders as they stand there. Throws where it does not start Deno. */
export async function readUnit(name: string): Promise<Unit> {
  const text = await Deno.readTextFile(new URL(name, units));
  const joined = text.replaceAll(/ \\\n\s*/g, " ");
  const [, command] = /^ExecStart=\/usr\/local\/bin\/deno (.+)$/m.exec(joined) ?? [];
  if (command === undefined) throw new Error(`${name} does not start /usr/local/bin/deno`);
  const pairs = [...joined.matchAll(/^Environment=(.+)$/gm)].flatMap(([, line]) => line!.split(" "));
  return {
    text,
    args: command.split(" "),
    env: Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string])),
    credentials: [...joined.matchAll(/^LoadCredential=(\w+):/gm)].map(([, credential]) => credential!),
  };
}

/** What stands for the folders and the instance of a unit on this machine. */
export interface Here {
  readonly credentials: string;
  readonly settings: string;
  readonly instance: string;
}

/** A text of a unit with the project's folder, `/etc/backtest`, `%d` and `%i` of this machine. */
export function onThisMachine(text: string, { credentials, settings, instance }: Here): string {
  return text.replaceAll("/opt/backtest-job-runner", root).replaceAll("/etc/backtest", settings)
    .replaceAll("%d", credentials).replaceAll("%i", instance);
}

const sandboxed = 'mount --make-rprivate / && mount -o remount,bind,ro / && exec "$@"';

/** What starts a command where nothing can be written, as `ProtectSystem=strict` does. */
export const withoutWriting = ["unshare", "--mount", "sh", "-c", sandboxed, "sh"] as const;
