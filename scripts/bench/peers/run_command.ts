/** Runs a program to its end and answers what it printed. Rejects with its stderr when it fails. */
export async function runCommand(program: string, args: readonly string[]): Promise<string> {
  const command = new Deno.Command(program, { args: [...args], stdout: "piped", stderr: "piped" });
  const { success, code, stdout, stderr } = await command.output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`Cannot run ${program}: exit ${code}, ${new TextDecoder().decode(stderr).trim()}`);
}
