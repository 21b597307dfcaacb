/**
 * Changes the code in small ways, one at a time, in copies of the project, and counts how many of the changes a test
 * notices. Prints every mutant with the test that killed it, the survivors once more at the end, and the score. Exits 1
 * when the score is below the goal, 2 when it cannot run.
 *
 * Usage: `deno task mutate [--seed N] [--count N] [--only FOLDER] [--goal PERCENT] [--files N] [--lanes N] [--resume]
 * [--survivors]`, see CONTRIBUTING.md.
 */
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chooseMutants, mutatedFolders } from "./choose.ts";
import { inOrder, judge, type Verdict } from "./judge.ts";
import { memoryIn, nothing } from "./memory.ts";
import type { Mutant } from "./mutants.ts";
import { type KeptProfile, Profiles } from "./profiles.ts";
import { testsReaching, type Texts } from "./reach.ts";
import { summary, verdictLine } from "./summary.ts";
import { copyPackages, makeTree, projectFiles } from "./tree.ts";

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
      files: { type: "string", default: "20" },
      lanes: { type: "string", default: "1" },
      resume: { type: "boolean", default: false },
      survivors: { type: "boolean", default: false },
    },
  });
  const whole = (name: "seed" | "count" | "goal" | "files" | "lanes") => {
    const given = values[name];
    const number = Number(given);
    if (!Number.isInteger(number) || number < 0) {
      throw new TypeError(`Cannot mutate: --${name} must be a whole number of at least 0, got "${given}"`);
    }
    return number;
  };
  const [seed, count, goal] = [whole("seed"), whole("count"), whole("goal")];
  const [filesMax, lanes] = [whole("files"), whole("lanes")];
  const files = await projectFiles(root);
  const texts = textsOf(files);
  const isAgain = values.resume || values.survivors;
  const { verdicts: known, compiles } = isAgain ? memory.recall() : nothing;
  const wish = { root, texts, seed, count, only: values.only, compiles: { ...compiles } };
  const { mutants, invalid, equivalent } = await chooseMutants(wish);
  if (mutants.length === 0) {
    throw new TypeError(
      `Cannot mutate: nothing in "${values.only}"; there is code in ${mutatedFolders.join(", ")}`,
    );
  }
  const verdicts = new Map<Mutant, Verdict>();
  const open: Mutant[] = [];
  for (const mutant of mutants) {
    const verdict = known[mutant.key];
    if (verdict && !(values.survivors && verdict.outcome === "survived")) verdicts.set(mutant, verdict);
    else open.push(mutant);
  }
  // those of the database, whose tests take longest, come last
  open.sort((a, b) => b.path < a.path ? -1 : b.path > a.path ? 1 : a.start - b.start);
  console.log(`${mutants.length} mutants, ${open.length} to be judged; seed ${seed}`);
  const reaching = testsReaching(texts);
  const kept = { ...memory.recall().profiles };
  const keep = (file: string, profile: KeptProfile) => {
    kept[file] = profile;
    memory.remember({ profiles: { [file]: profile } });
  };
  const profiles = new Profiles(texts, { kept, keep });
  const seconds = (file: string) => kept[file]?.seconds;
  const near = (path: string) => (file: string) =>
    [...verdicts].filter(([mutant, verdict]) =>
      verdict.file === file && dirname(mutant.path) === dirname(path)
    )
      .length;
  let next = 0;
  const folder = join(work, `run-${Deno.pid}`);
  const lane = async (_: unknown, i: number) => {
    const tree = await makeTree(folder, { name: `tree-${i + 1}`, files });
    while (next < open.length) {
      const mutant = open[next++]!;
      const order = inOrder(reaching(mutant.path), {
        seconds,
        killed: near(mutant.path),
        folder: dirname(mutant.path),
      });
      const verdict = await judge(mutant, { tree, texts, profiles, filesMax, reaching: order });
      verdicts.set(mutant, verdict);
      memory.remember({ verdicts: { [mutant.key]: verdict } });
      console.log(`${verdicts.size}/${mutants.length} ${verdictLine(mutant, verdict)}`);
    }
  };
  try {
    await mkdir(folder, { recursive: true });
    memory.remember({ compiles: wish.compiles });
    await copyPackages(folder, root);
    await Promise.all(Array.from({ length: Math.min(lanes, open.length) }, lane));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
