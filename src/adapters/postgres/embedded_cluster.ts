import { join } from "node:path";
import type { Binaries } from "./embedded_binaries.ts";
import { canEnter, giveTo, type ServerUser, temporaryRoot } from "./embedded_user.ts";

/** A database cluster on disk: `<directory>/cluster`, its log inside it, and `<directory>/password`. */
export interface Cluster {
  /** Absolute. */
  readonly directory: string;
  /** The folder Postgres calls PGDATA. */
  readonly data: string;
  /** Of the superuser `postgres`. */
  readonly password: string;
  /** Whether the directory goes away with the server, so that nothing in it needs to survive a crash. */
  readonly temporary: boolean;
}

/** Whether a cluster was made in this directory before. */
export async function clusterExists(directory: string): Promise<boolean> {
  return await Deno.stat(join(directory, "cluster", "PG_VERSION")).then(() => true, () => false);
}

/** Makes an empty cluster in a directory of its own. */
export async function createTemporaryCluster(binaries: Binaries, user: ServerUser | null): Promise<Cluster> {
  const directory = await Deno.makeTempDir({
    dir: await temporaryRoot(user),
    prefix: "backtest-postgres-data-",
  });
  try {
    await giveTo(user, directory);
    const password = await createCluster(directory, { binaries, user });
    return { directory, data: join(directory, "cluster"), password, temporary: true };
  } catch (error) {
    await Deno.remove(directory, { recursive: true });
    throw error;
  }
}

/** Opens the cluster of an absolute directory, making both when missing. */
export async function openCluster(
  directory: string,
  options: { readonly binaries: Binaries; readonly user: ServerUser | null },
): Promise<Cluster> {
  await Deno.mkdir(directory, { recursive: true });
  if (!await canEnter(directory, options.user)) {
    throw new Error("the account nobody cannot enter the directory");
  }
  const password = await clusterExists(directory)
    ? await Deno.readTextFile(join(directory, "password"))
    : await createCluster(directory, options);
  return { directory, data: join(directory, "cluster"), password, temporary: false };
}

/** Returns the new password. The cluster appears complete or not at all; what an interrupted run left is removed. */
async function createCluster(
  directory: string,
  options: { readonly binaries: Binaries; readonly user: ServerUser | null },
): Promise<string> {
  const { binaries, user } = options;
  const password = crypto.getRandomValues(new Uint8Array(24)).toHex();
  const passwordFile = join(directory, "password");
  await Deno.writeTextFile(passwordFile, password, { mode: 0o600 });
  await giveTo(user, passwordFile);
  const partial = join(directory, "cluster.partial");
  await Deno.remove(partial, { recursive: true }).catch(() => {});
  await Deno.mkdir(partial, { mode: 0o700 });
  await giveTo(user, partial);
  const initdb = new Deno.Command(binaries.initdb, {
    args: [
      `--pgdata=${partial}`,
      `--pwfile=${passwordFile}`,
      "--username=postgres",
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync",
      "--no-instructions",
    ],
    cwd: directory,
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    ...user,
  });
  const { success, stderr } = await initdb.output();
  if (!success) throw new Error(`initdb failed: ${lastLine(new TextDecoder().decode(stderr))}`);
  await Deno.rename(partial, join(directory, "cluster"));
  return password;
}

/** The line of a log that says most about a failure: the last one that reports an error, else the last one. */
export function lastLine(log: string): string {
  const lines = log.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.findLast((line) => /\b(fatal|panic|error)\b/i.test(line)) ?? lines.at(-1) ?? "no output";
}
