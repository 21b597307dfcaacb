/** What a command printed; throws with what it complained of when it fails or is not there. */
export async function run(program: string, ...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], stdin: "null" })
    .output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${decoder.decode(stderr).trim()}`);
  return decoder.decode(stdout);
}

/** The same for the end of the process, when nothing can be waited for; a failure is printed. */
export function runNow(program: string, ...args: readonly string[]): void {
  const { success, stderr } = new Deno.Command(program, { args: [...args], stdin: "null" }).outputSync();
  if (!success) console.error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}

/** Why something cannot be done here, as `attempt` finds out; null when it can. */
export async function refusal(what: string, attempt: () => Promise<unknown>): Promise<string | null> {
  try {
    await attempt();
    return null;
  } catch {
    return what;
  }
}
