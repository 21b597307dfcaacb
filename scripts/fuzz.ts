/**
 * Compares the sweep's fast path with the bar-by-bar replay on random cases. Exits 1 with the line that repeats the case
 * when they differ; the same seed gives the same cases.
 *
 * Usage: `deno task fuzz [--seed N] [--cases M] [--seconds S] [--path P]`; a path comes from a failure.
 */
import { parseArgs } from "node:util";
import { fuzz } from "../tests/fuzz/fuzz.ts";

function main(args: readonly string[]): number {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      cases: { type: "string", default: "1000000" },
      seconds: { type: "string", default: "60" },
      path: { type: "string" },
    },
  });
  const [seed, cases, seconds] = [values.seed, values.cases, values.seconds].map(Number);
  for (const [name, value] of Object.entries({ seed, cases, seconds })) {
    if (Number.isFinite(value) && value >= 0) continue;
    console.error(
      `Cannot fuzz: --${name} must be a number of at least 0, got ${values[name as keyof typeof values]}`,
    );
    return 2;
  }
  const end = fuzz({ seed, cases, seconds, ...(values.path === undefined ? {} : { path: values.path }) });
  const { cells, trades, ruined, ruinedEarly, trusted, untrusted } = end.coverage;
  const rate = Math.round(end.cases / (end.elapsedMs / 1000));
  console.log(
    `seed ${seed}: ${end.cases} cases in ${(end.elapsedMs / 1000).toFixed(1)} s, ${rate} a second; ` +
      `${trades} trades in ${cells} cells, ${ruined} ruined, ${ruinedEarly} of them before the signal ended; ${trusted} planes estimated, ${untrusted} not trusted`,
  );
  if (end.failure === null) return 0;
  const { message, path, counterexample } = end.failure;
  console.log(message);
  console.log(`Repeat it with: deno task fuzz --seed ${seed} --path ${path}`);
  console.log(counterexample);
  return 1;
}

if (import.meta.main) Deno.exit(main(Deno.args));
