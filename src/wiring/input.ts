import { BacktestError } from "../core/errors/mod.ts";
import { inputBytesMax } from "../core/limits/mod.ts";

/** Reads a text file, or stdin for `-`. Rejects with one line that names the path as it was given. */
export async function readInput(path: string): Promise<string> {
  try {
    if (path === "-") return await new Response(Deno.stdin.readable).text();
    const { size } = await Deno.stat(path);
    if (size > inputBytesMax) throw new Error(`it has ${size} bytes, more than ${inputBytesMax}`);
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new BacktestError("validation_error", `Cannot read "${path}": ${reason(cause)}`, { cause });
  }
}

/** Why a file cannot be used, in a few words. */
export function reason(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "no such file";
  if (cause instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (cause instanceof Deno.errors.IsADirectory) return "it is a directory";
  if (cause instanceof Deno.errors.NotADirectory) return "it is no directory";
  return cause instanceof Error ? cause.message : String(cause);
}
