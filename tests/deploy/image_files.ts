import { fileURLToPath } from "node:url";
import packageOfRules from "@balena/dockerignore";

// its types speak of a default export, which a CommonJS module does not have
const dockerignore = packageOfRules as unknown as typeof packageOfRules.default;

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Whether git lists the project's files: not in an archive without history, nor in another account's clone. */
export async function isCheckout(): Promise<boolean> {
  const { success } = await new Deno.Command("git", { args: ["ls-files", "-z", "deno.json"], cwd: root })
    .output();
  return success;
}

/**
 * Paths of the build context: what a clone has, less what .dockerignore leaves out. New files that git does not ignore
 * count, so that a change can be tested before it is committed.
 */
export async function contextFiles(): Promise<readonly string[]> {
  const { stdout, success } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: root,
  }).output();
  if (!success) throw new Error("Cannot list the files of the project: git failed");
  const rules = dockerignore().add(await Deno.readTextFile(`${root}.dockerignore`));
  const listed = new TextDecoder().decode(stdout).split("\0").filter((path) => path !== "");
  const found = rules.filter(listed);
  const here = await Promise.all(found.map((path) => Deno.stat(root + path).then(() => true, () => false)));
  return found.filter((_, i) => here[i]);
}
