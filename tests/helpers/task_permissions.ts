/**
 * The permission flags of a task of `deno.json`, so that tests run a command with the rights it has in production and
 * fail when one is missing.
 */
export function taskPermissions(task: string): readonly string[] {
  const text = Deno.readTextFileSync(new URL("../../deno.json", import.meta.url));
  const command: string | undefined = JSON.parse(text).tasks[task]?.command;
  const flags = command?.split(" ").filter((word) => /^--(allow|deny|ignore)-/.test(word)) ?? [];
  if (flags.length === 0) throw new Error(`Cannot find the permissions of the task "${task}" in deno.json`);
  return flags;
}
