/** What another process has used so far. */
export interface ProcessUse {
  /** Memory it holds in RAM, in MB of 1,000,000 bytes. */
  readonly residentMb: number;
  /** Processor time in user and system mode. */
  readonly cpuMs: number;
}

/** `USER_HZ`, which is 100 on every Linux of today. */
const ticksPerSecond = 100;
const residentKb = /^VmRSS:\s+(\d+) kB$/m;

/** Reads from `/proc` what a process uses. Rejects where there is no `/proc`, or no such process. */
export async function processUse(pid: number): Promise<ProcessUse> {
  const text = await readProc([`/proc/${pid}/status`, `/proc/${pid}/stat`]);
  const resident = residentKb.exec(text)?.[1];
  if (resident === undefined) throw new Error(`Cannot read the memory of process ${pid}: it has ended`);
  // the second field of stat, the name in parentheses, may hold blanks
  const fields = text.replace(/^.*\) /s, "").split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { residentMb: Number(resident) * 1024 / 1e6, cpuMs: ticks * 1000 / ticksPerSecond };
}

/** Deno itself reads below `/proc` only when everything is allowed, which tests are not. */
async function readProc(paths: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("cat", { args: [...paths] }).output();
  if (!success) throw new Error(`Cannot measure a process: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}
