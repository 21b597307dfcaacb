import type { Verdict } from "./judge.ts";
import type { Mutant } from "./mutants.ts";

const textMax = 60;

/** What a run found. */
export interface Found {
  readonly mutants: readonly Mutant[];
  readonly verdicts: ReadonlyMap<Mutant, Verdict>;
  readonly invalid: number;
  readonly equivalent: number;
  readonly seed: number;
}

/** One mutant and what became of it. */
export function verdictLine(
  mutant: Mutant,
  { outcome, file, test, tried, looked, reaching }: Verdict,
): string {
  const where = `${mutant.path}:${mutant.line} ${mutant.operator}: ${short(mutant.before)} -> ${
    short(mutant.after)
  }`;
  if (outcome === "survived") {
    return `SURVIVED ${where} (run by ${tried} of ${looked} test files looked at, of ${reaching} that reach it)`;
  }
  return `${outcome} ${where} by ${file}${test === null ? "" : `: ${test}`}`;
}

/** The survivors and the score in percent: the killed and the timed out among those that compile. */
export function summary({ mutants, verdicts, invalid, equivalent, seed }: Found): {
  readonly text: string;
  readonly score: number;
} {
  const ends = mutants.map((mutant) => ({ mutant, verdict: verdicts.get(mutant)! }));
  const count = (outcome: Verdict["outcome"]) =>
    ends.filter(({ verdict }) => verdict.outcome === outcome).length;
  const [killed, late, survived] = [count("killed"), count("timed out"), count("survived")];
  const score = 100 * (killed + late) / mutants.length;
  const survivors = ends.filter(({ verdict }) => verdict.outcome === "survived")
    .map(({ mutant, verdict }) => `${verdictLine(mutant, verdict)}\n    ${mutant.code}`).sort();
  const folders = Map.groupBy(ends, ({ mutant }) => mutant.path.split("/").slice(0, 2).join("/"));
  const byFolder = [...folders].sort().map(([folder, its]) => {
    const noticed = its.filter(({ verdict }) => verdict.outcome !== "survived").length;
    return `${folder}: ${noticed} of ${its.length}`;
  });
  const text = [
    "",
    ...survivors,
    byFolder.join(", "),
    `seed ${seed}: ${killed} killed, ${late} timed out, ${survived} survived: ${score.toFixed(1)} % of ` +
    `${mutants.length}; not counted: ${invalid} that do not compile, ${equivalent} listed as equivalent`,
  ].join("\n");
  return { text, score };
}

function short(text: string): string {
  const line = JSON.stringify(text.replace(/\s+/g, " "));
  return line.length > textMax ? `${line.slice(0, textMax)}...` : line;
}
