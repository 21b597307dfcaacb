/**
 * Writes the drawings of `docs/kernels.md` from what the module really does. `--check` writes nothing and exits 1 with
 * one line for every drawing that is stale.
 *
 * Usage: `deno run --allow-read --allow-write=docs scripts/drawings.ts [--check]`
 */
import { memoryMapDrawing } from "./drawings/memory_map.ts";
import { riskPlaneDrawing } from "./drawings/risk_plane.ts";
import { writeOrCheck } from "./generated_file.ts";

/** Every drawing, by path below the project's root. */
export const drawings: Readonly<Record<string, () => string>> = {
  "docs/images/memory-map.svg": memoryMapDrawing,
  "docs/images/risk-plane.svg": riskPlaneDrawing,
};

if (import.meta.main) {
  let code = 0;
  for (const [path, draw] of Object.entries(drawings)) {
    const file = { path, text: draw(), script: "scripts/drawings.ts" };
    code = Math.max(code, await writeOrCheck(file, Deno.args));
  }
  Deno.exit(code);
}
