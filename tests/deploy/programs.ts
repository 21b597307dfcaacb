/** Whether this machine has a program; where it has not, one line on stderr says what is left out. */
export async function hasProgram(name: string, source: string): Promise<boolean> {
  const works = await new Deno.Command(name, { args: ["--version"], stdout: "null", stderr: "null" }).output()
    .then(({ success }) => success, () => false);
  if (!works) console.error(`SKIPPED: there is no working ${name} on this machine (${source} has it)`);
  return works;
}
