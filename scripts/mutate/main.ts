/**
 * Changes the code in small ways, one at a time, in copies of the project, and counts how many of the changes a test
 * notices. Prints every mutant with the test that killed it, the survivors once more at the end, and the score. Exits 1
 * when the score is below the goal, 2 when it cannot run.
 *
 * Usage: `deno task mutate [--seed N] [--count N] [--only FOLDER] [--goal PERCENT] [--files N] [--lanes N] [--resume]
 * [--survivors]`, see CONTRIBUTING.md.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chooseMutants, mutatedFolders } from "./choose.ts";
import { type Baselines, inOrder, judge, type Verdict } from "./judge.ts";
import { memoryIn } from "./memory.ts";
import type { Mutant } from "./mutants.ts";
import { testsReaching, type Texts } from "./reach.ts";
import { summary, verdictLine } from "./summary.ts";
import { copyTree, projectFiles } from "./tree.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const work = join(root, "build/mutate");
const memory = memoryIn(join(work, "memory.json"));

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: "1" },
      count: { type: "string", default: "200" },
      only: { type: "string", default: "src/" },
      goal: { type: "string", default: "90" },
      files: { type: "string", default: "40" },
      lanes: { type: "string", default: "2" },
      resume: { type: "boolean", default: false },
      survivors: { type: "boolean", default: false },
    },
  });
  const [seed, count, goal, filesMax, lanes] = ["seed", "count", "goal", "files", "lanes"].map((name) => {
    const given = values[name as "seed"];
    const number = Number(given);
    if (!Number.isInteger(number) || number < 0) {
      throw new TypeError(`Cannot mutate: --${name} must be a whole number of at least 0, got "${given}"`);
    }
    return number;
  });
  const files = await projectFiles(root);
  const texts = textsOf(files);
  const { mutants, invalid, equivalent } = await chooseMutants({
    root,
    texts,
    seed,
    count,
    only: values.only,
  });
  if (mutants.length === 0) {
    throw new TypeError(
      `Cannot mutate: nothing in "${values.only}"; there is code in ${mutatedFolders.join(", ")}`,
    );
  }
  const known = values.resume || values.survivors ? memory.recall().verdicts : {};
  const verdicts = new Map<Mutant, Verdict>();
  const open: Mutant[] = [];
  for (const mutant of mutants) {
    const verdict = known[mutant.key];
    if (verdict && !(values.survivors && verdict.outcome === "survived")) verdicts.set(mutant, verdict);
    else open.push(mutant);
  }
  console.log(`${mutants.length} mutants, ${open.length} to be judged; seed ${seed}`);
  const reaching = testsReaching(texts);
  const baselines: Baselines = new Map();
  const onBaseline = (file: string, seconds: number) => memory.remember({ seconds: { [file]: seconds } });
  let next = 0;
  const lane = async (_: unknown, i: number) => {
    const folder = join(work, `tree-${Deno.pid}-${i + 1}`);
    try {
      const tree = await copyTree(folder, { root, files });
      while (next < open.length) {
        const mutant = open[next++];
        const order = inOrder(reaching(mutant.path), memory.recall().seconds);
        const verdict = await judge(mutant, {
          tree,
          texts,
          baselines,
          onBaseline,
          filesMax,
          reaching: order,
        });
        verdicts.set(mutant, verdict);
        memory.remember({ verdicts: { [mutant.key]: verdict } });
        console.log(`${verdicts.size}/${mutants.length} ${verdictLine(mutant, verdict)}`);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  await mkdir(work, { recursive: true });
  await Promise.all(Array.from({ length: Math.min(lanes, open.length) }, lane));
  const { text, score } = summary({ mutants, verdicts, invalid, equivalent, seed });
  console.log(text);
  return score >= goal ? 0 : 1;
}

function textsOf(files: ReadonlyMap<string, Uint8Array>): Texts {
  const decoder = new TextDecoder();
  return new Map(
    [...files].filter(([path]) => /\.(ts|json)$/.test(path))
      .map(([path, content]) => [path, decoder.decode(content)]),
  );
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}
