import { kernelBytes } from "../adapters/wasm/kernel_module.ts";
import { taskFormat } from "../core/optimization/mod.ts";
import { sha256OfPieces } from "../core/text/mod.ts";

/**
 * What tells this program's tasks from those of another: its module, the form of tasks and the schema it knows. Workers with
 * other ones do not work on a sweep together, so that a rolling deploy cannot mix their bytes.
 */
export function engineHash({ schema }: { readonly schema: string }): string {
  const form = new TextEncoder().encode(`\ntasks ${taskFormat}\nschema ${schema}\n`);
  return sha256OfPieces([kernelBytes(), form]);
}
