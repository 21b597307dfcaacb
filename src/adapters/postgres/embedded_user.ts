import { tmpdir } from "node:os";

/** An account that a server process runs as. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who the server must run as: null for ourselves; as root, whom Postgres refuses, the account `nobody`. Throws when there
 * is no such account, or the system is neither Linux nor macOS.
 */
export async function findServerUser(): Promise<ServerUser | null> {
  if (Deno.build.os !== "linux" && Deno.build.os !== "darwin") {
    throw new Error(`no support for ${Deno.build.os}`);
  }
  if (Deno.uid() !== 0) return null;
  const passwd = await Deno.readTextFile("/etc/passwd");
  const [, uid, gid] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(passwd) ?? [];
  if (uid === undefined || gid === undefined) {
    throw new Error("root cannot run it and there is no account nobody");
  }
  return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
}

/** Whether the account may execute this program, or enter this directory, through all directories above it. */
export async function canEnter(path: string, user: ServerUser | null): Promise<boolean> {
  const test = new Deno.Command("/bin/sh", {
    args: ["-c", 'test -x "$1"', "sh", path],
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "null",
    ...user,
  });
  return (await test.output()).success;
}

/** The first folder for temporary files that the account may enter. */
export async function temporaryRoot(user: ServerUser | null): Promise<string> {
  for (const path of [tmpdir(), "/tmp"]) if (await canEnter(path, user)) return path;
  throw new Error(`the account nobody cannot enter "${tmpdir()}"`);
}

/** Gives a file or folder to the account. */
export async function giveTo(user: ServerUser | null, path: string): Promise<void> {
  if (user) await Deno.chown(path, user.uid, user.gid);
}
