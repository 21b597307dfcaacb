/** A peer that cannot be measured here, and why: it loses its column, and nothing else does. */
export class PeerError extends Error {
  /** The column. */
  readonly peer: "c" | "vectorbt";

  constructor(peer: "c" | "vectorbt", reason: string) {
    super(`${peer} is left out: ${reason}`);
    this.peer = peer;
  }
}

/** What a promise resolves to; whatever it rejects with is the peer's failure. */
export async function asPeer<T>(peer: "c" | "vectorbt", measured: Promise<T>): Promise<T> {
  try {
    return await measured;
  } catch (error) {
    throw new PeerError(peer, reasonOf(error));
  }
}

/** What a promise resolves to; null, and a line on stderr, where it rejects because the peer is not on this machine. */
export async function ifPresent<T>(peer: "c" | "vectorbt", found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    console.error(new PeerError(peer, reasonOf(error)).message);
    return null;
  }
}

function reasonOf(error: unknown): string {
  const lines = (error as Error).message.trim().split("\n");
  return lines.length > 1 ? `${lines[0]} ... ${lines.at(-1)}` : lines[0]!;
}

/** Runs a program to its end and returns what it printed. Rejects with its stderr when it fails. */
export async function runCommand(program: string, args: readonly string[]): Promise<string> {
  const command = new Deno.Command(program, { args: [...args], stdout: "piped", stderr: "piped" });
  const { success, code, stdout, stderr } = await command.output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`Cannot run ${program}: exit ${code}, ${new TextDecoder().decode(stderr).trim()}`);
}
