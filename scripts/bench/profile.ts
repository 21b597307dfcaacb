import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels, type Kernels } from "../../src/adapters/wasm/kernels.ts";
import { Session } from "../../src/adapters/wasm/session.ts";
import { sessionInput } from "../../src/adapters/wasm/session_input.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import { denseInput, measuredPairsInput, pairsInput, planeInput } from "./workloads.ts";

// Where the time of `pairs`, `plane` and `dense` goes, kernel by kernel: every export of the module is timed from outside.
// Run with `deno run -A scripts/bench/profile.ts`.

interface Spent {
  ms: number;
  calls: number;
}

const everything = { keep: 1_000_000, floor: -Infinity };
const nothing = { keep: 1_000_000, floor: 1e9 };

const scoreAll = (session: Session, plan: SweepInput["plan"]) => {
  for (let from = 0; from < plan.stageATotal; from += 1000) {
    session.scoreBase({ from, to: from + 1000 }, everything);
  }
};

profile("pairs, return only", pairsInput("full"), scoreAll);
profile("pairs, all metrics", measuredPairsInput("full"), scoreAll);
profile("plane, every cell exact", planeInput("full"), (session) => void session.scoreRisk([0], everything));
profile("plane, none among the best", planeInput("full"), (session) => void session.scoreRisk([0], nothing));
profile(
  "plane of one cell",
  withOneCell(planeInput("full")),
  (session) => void session.scoreRisk([0], everything),
);
profile("dense", denseInput("full"), (session) => void session.scoreBase({ from: 0, to: 1 }, everything));

/** Takes the fastest of some runs, each in a session that has its masks unless the sweep needs many. */
function profile(
  name: string,
  input: SweepInput,
  work: (session: Session, plan: SweepInput["plan"]) => void,
): void {
  const spent = new Map<string, Spent>();
  let best = { elapsedMs: Infinity, spent: new Map<string, Spent>() };
  const many = input.plan.stageATotal > 1;
  const newSession = () => new Session(timed(instantiateKernels(kernelModule()), spent), sessionInput(input));
  let session = newSession();
  work(session, input.plan);
  for (let run = 0; run < (many ? 4 : 40); run++) {
    spent.clear();
    const startedMs = performance.now();
    if (many) session = newSession();
    work(session, input.plan);
    const elapsedMs = performance.now() - startedMs;
    if (elapsedMs < best.elapsedMs) best = { elapsedMs, spent: new Map(spent) };
  }
  const trades =
    session.replay({ stageAIndex: Math.floor(input.plan.stageATotal / 2), riskIndex: null }).trades;
  print(name, { ...best, trades: trades.length });
}

function timed(kernels: Kernels, spent: Map<string, Spent>): Kernels {
  const entries = Object.entries(kernels).map(([name, member]) => {
    if (typeof member !== "function") return [name, member];
    const kernel = member as (...args: readonly number[]) => number;
    return [name, (...args: readonly number[]) => {
      const startedMs = performance.now();
      const answer = kernel(...args);
      const { ms, calls } = spent.get(name) ?? { ms: 0, calls: 0 };
      spent.set(name, { ms: ms + performance.now() - startedMs, calls: calls + 1 });
      return answer;
    }];
  });
  return Object.fromEntries(entries);
}

function print(
  name: string,
  { elapsedMs, spent, trades }: {
    readonly elapsedMs: number;
    readonly spent: ReadonlyMap<string, Spent>;
    readonly trades: number;
  },
): void {
  console.log(`${name}: ${elapsedMs.toFixed(2)} ms, ${trades} trades in the middle variant`);
  let inKernels = 0;
  for (const [kernel, { ms, calls }] of [...spent].sort(([, a], [, b]) => b.ms - a.ms)) {
    inKernels += ms;
    const share = ((100 * ms) / elapsedMs).toFixed(1).padStart(5);
    console.log(`  ${share} %  ${kernel}: ${calls} calls of ${((1000 * ms) / calls).toFixed(1)} us`);
  }
  console.log(`  ${((100 * (elapsedMs - inKernels)) / elapsedMs).toFixed(1).padStart(5)} %  TypeScript`);
}

function withOneCell({ timeline, plan }: SweepInput): SweepInput {
  const { sl, tp } = plan.risk;
  return { timeline, plan: { ...plan, risk: { sl: sl.slice(-1), tp: tp.slice(-1) }, riskTotal: 1 } };
}
