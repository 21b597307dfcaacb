import process from "node:process";
import { summary, type Times } from "./measure.ts";

/** Times of one of several kinds of work. */
export interface InterleavedTimes {
  readonly times: Times;
  /** Least processor time of the whole process, all threads, in ms: what other programs do hardly counts in it. */
  readonly leastCpuMs: number;
}

/** Runs every work once to warm up, and then all of them in turn, `runs` times. */
export async function interleaved<Name extends string>(
  works: Readonly<Record<Name, () => unknown>>,
  { runs }: { readonly runs: number },
): Promise<Readonly<Record<Name, InterleavedTimes>>> {
  const names = Object.keys(works) as Name[];
  const measured = new Map(names.map((name) => [name, { elapsedMs: [] as number[], cpuMs: [] as number[] }]));
  for (let run = -1; run < runs; run++) {
    for (const name of names) {
      const [startedMs, before] = [performance.now(), process.cpuUsage()];
      await works[name]();
      const { user, system } = process.cpuUsage(before);
      if (run < 0) continue;
      measured.get(name)!.elapsedMs.push(performance.now() - startedMs);
      measured.get(name)!.cpuMs.push((user + system) / 1000);
    }
  }
  return Object.fromEntries(
    [...measured].map(([name, { elapsedMs, cpuMs }]) => [
      name,
      { times: summary(elapsedMs), leastCpuMs: Math.min(...cpuMs) },
    ]),
  ) as Record<Name, InterleavedTimes>;
}
