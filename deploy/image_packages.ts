/**
 * Reduces `deno.json` of the current folder, which must be the image's, to the packages that the program imports: tests,
 * compiler, bundler and the embedded database stay out of the image. Versions and checksums remain those of `deno.lock`.
 */
import { type DenoConfig, imageConfig } from "./image_config.ts";

const entrypoint = "src/main.ts";

const { success, stdout } = await new Deno.Command(Deno.execPath(), {
  args: ["info", "--node-modules-dir=auto", "--json", entrypoint],
  stderr: "inherit",
}).output();
if (!success) Deno.exit(1);
const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: { specifier: string }[] };
const config = JSON.parse(await Deno.readTextFile("deno.json")) as DenoConfig;
const reduced = imageConfig(config, modules.map(({ specifier }) => specifier));
await Deno.writeTextFile("deno.json", `${JSON.stringify(reduced, null, 2)}\n`);
