/** Whether this machine has a program; where it has not, one line on stderr says what is left out. */
export async function hasProgram(name: string, source: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(name, {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    console.error(`SKIPPED: there is no ${name} on this machine (${source} has it)`);
    return false;
  }
}
