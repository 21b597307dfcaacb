import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import type { NamedResult } from "./benchmark.ts";
import { benchmarks } from "./benchmarks.ts";
import { describe } from "./describe.ts";
import { markdownTable } from "./markdown_table.ts";
import { addNames } from "./only.ts";

interface Options {
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly only?: readonly string[];
  readonly smoke?: boolean;
  readonly python: string;
}

const names = Object.keys(benchmarks);
const runOne = fileURLToPath(new URL("./run_one.ts", import.meta.url));

await new Command("bench")
  .description("Check and time the engine; ratios are against engines measured in the same run")
  .option("--json", "one JSON object per benchmark and line")
  .addOption(
    new Option("--markdown", "one table of goals and figures, when all are measured").conflicts("json"),
  )
  .option(
    "--only <names>",
    `run just these, in this order, commas between; may be given again (${names.join(", ")})`,
    (text, before?: readonly string[]) => addNames(text, { known: names, ...(before && { before }) }),
  )
  .option("--smoke", "small sizes: proves that everything runs, says nothing about speed")
  .option("--python <path>", "the Python that has vectorbt, see scripts/bench/peers/README.md", "python3")
  .action(async ({ json = false, markdown = false, only, smoke = false, python }: Options) => {
    const results: NamedResult[] = [];
    for (const name of only ?? names) {
      const line = (await inItsOwnProcess({ name, size: smoke ? "smoke" : "full", python })).trim();
      const result = JSON.parse(line) as NamedResult;
      results.push(result);
      if (!markdown) console.log(json ? line : describe(result));
    }
    if (markdown) console.log(markdownTable(results));
  })
  .parseAsync();

/** A process per benchmark: its peak memory is its own, and none warms up another. Its errors go to our stderr. */
async function inItsOwnProcess(
  { name, size, python }: { readonly name: string; readonly size: string; readonly python: string },
): Promise<string> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--node-modules-dir=auto",
      "--no-prompt",
      "--no-check",
      "--allow-all",
      runOne,
      name,
      size,
      python,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  if (!success) Deno.exit(1);
  return new TextDecoder().decode(stdout);
}
