const tasks: Readonly<Record<string, { readonly command?: string }>> = JSON.parse(
  Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)),
).tasks;

/**
 * The permission flags of a task of `deno.json`, so that tests run a command with the rights it has in production and
 * fail when one is missing.
 */
export function taskPermissions(task: string): readonly string[] {
  const flags = permissionFlags(task);
  if (flags.length === 0) throw new Error(`Cannot find the permissions of the task "${task}" in deno.json`);
  return flags;
}

/** The permission flags of the task that a command line of the program belongs to; null where it names no command. */
export function commandPermissions([command = ""]: readonly string[]): readonly string[] | null {
  const flags = permissionFlags(command);
  return flags.length === 0 ? null : flags;
}

function permissionFlags(task: string): readonly string[] {
  return tasks[task]?.command?.split(" ").filter((word) => /^--(allow|deny|ignore)-/.test(word)) ?? [];
}
