/**
 * Compares the sweep's fast path with the bar-by-bar replay on random cases, and then, in a quarter of the time, folding
 * with sorting and folding the list of all variants; before them, in a fifth of it, random texts go through the parser of
 * rules. Exits 1 with the line that repeats the case when one fails; the same seed gives the same cases.
 *
 * Usage: `deno task fuzz [--seed N] [--cases M] [--seconds S] [--folding] [--rules] [--path P]`; `--folding` leaves the
 * others out, and so does `--rules`; a path comes from a failure.
 */
import { parseArgs } from "node:util";
import { fuzz, type FuzzFailure } from "../tests/fuzz/fuzz.ts";
import { fuzzFolding } from "../tests/fuzz/fuzz_folding.ts";
import { fuzzRules } from "../tests/fuzz/fuzz_rules.ts";

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      cases: { type: "string", default: "1000000" },
      seconds: { type: "string", default: "60" },
      folding: { type: "boolean", default: false },
      rules: { type: "boolean", default: false },
      path: { type: "string" },
    },
  });
  const seed = Number(values.seed);
  const cases = Number(values.cases);
  const seconds = Number(values.seconds);
  for (const [name, value] of Object.entries({ seed, cases, seconds })) {
    if (Number.isFinite(value) && value >= 0) continue;
    console.error(
      `Cannot fuzz: --${name} must be a number of at least 0, got ${values[name as keyof typeof values]}`,
    );
    return 2;
  }
  if (values.rules) return rules({ seed, cases, seconds });
  const path = values.path === undefined ? {} : { path: values.path };
  if (!values.folding && values.path === undefined) {
    const code = rules({ seed, cases, seconds: seconds / 5 });
    if (code !== 0) return code;
  }
  if (!values.folding) {
    const failed = fastPath({
      seed,
      cases,
      seconds: seconds * (values.path === undefined ? 0.75 : 1),
      ...path,
    });
    if (failed !== null) return report(failed, `--seed ${seed}`);
    if (values.path !== undefined) return 0;
  }
  const end = await fuzzFolding({ seed, cases, seconds: values.folding ? seconds : seconds / 4, ...path });
  console.log(`seed ${seed}: ${spent(end)}; ${end.folded} variants folded`);
  return end.failure === null ? 0 : report(end.failure, `--folding --seed ${seed}`);
}

function fastPath(options: Parameters<typeof fuzz>[0]): FuzzFailure | null {
  const end = fuzz(options);
  const { cells, trades, ruined, ruinedEarly, trusted, untrusted } = end.coverage;
  console.log(
    `seed ${options.seed}: ${spent(end)}; ${trades} trades in ${cells} cells, ${ruined} ruined, ` +
      `${ruinedEarly} of them before the signal ended; ${trusted} planes estimated, ${untrusted} not trusted`,
  );
  return end.failure;
}

function rules(options: { readonly seed: number; readonly cases: number; readonly seconds: number }): number {
  const end = fuzzRules(options);
  const slowest = Math.round(end.slowestMs);
  console.log(
    `seed ${options.seed}: ${spent(end)}; ${end.accepted} texts were rules, the slowest took ${slowest} ms`,
  );
  if (end.failure === null) return 0;
  console.log(`${end.failure.message}: ${JSON.stringify(end.failure.text)}`);
  console.log(`Repeat it with: deno task fuzz --rules --seed ${options.seed} --cases ${end.cases}`);
  return 1;
}

function spent({ cases, elapsedMs }: { readonly cases: number; readonly elapsedMs: number }): string {
  return `${cases} cases in ${(elapsedMs / 1000).toFixed(1)} s, ${
    Math.round(cases / (elapsedMs / 1000))
  } a second`;
}

function report({ message, path, counterexample }: FuzzFailure, flags: string): number {
  console.log(message);
  console.log(`Repeat it with: deno task fuzz ${flags} --path ${path}`);
  console.log(counterexample);
  return 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
