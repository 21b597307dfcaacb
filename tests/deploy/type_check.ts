import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

/**
 * What the compiler finds in a module, empty when nothing. A literal of an interface must not have members that the
 * interface does not know, which no schema of OpenAPI says.
 */
export async function typeErrors(text: string): Promise<string> {
  await using folder = await temporaryFolder();
  const path = await folder.write("checked.ts", text);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "check",
      "--node-modules-dir=auto",
      "--config",
      fileURLToPath(new URL("../../deno.json", import.meta.url)),
      path,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  return success ? "" : new TextDecoder().decode(stderr);
}
