import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import { runStageA } from "../../src/sweep/stage_a.ts";
import { runStageB } from "../../src/sweep/stage_b.ts";
import type { Size } from "./benchmark.ts";
import { interleaved } from "./interleaved.ts";
import { stageBInput } from "./workloads.ts";

const runsOf = { full: 4, smoke: 1 } as const;

/** Stage B of `preselect: "all"` over that of a shortlist of all base variants, least processor time of each. */
export async function stageBOrder(size: Size): Promise<{ readonly preselect_all_over_ranked: number }> {
  const ranked = stageBInput(size);
  const all: SweepInput = { ...ranked, plan: { ...ranked.plan, expandsAll: true } };
  await using compute = createInProcessCompute();
  const stages = {
    bars: ranked.timeline.candles.close.length,
    inFlight: 1,
    boundary: () => Promise.resolve(),
  };
  const timed = async (input: SweepInput) => {
    const session = await compute.open(input);
    const shortlist = await runStageA(input.plan, { ...stages, session });
    const options = { ...stages, session, shortlist, topK: 50, foldEqual: false, pause: stages.boundary };
    return { session, run: async () => (await runStageB(input.plan, options)).ranked() };
  };
  const first = await timed(ranked);
  const second = await timed(all);
  try {
    const keys = (rows: Awaited<ReturnType<typeof first.run>>) => rows.map(({ variantKey }) => variantKey);
    assert.deepEqual(
      keys(await second.run()),
      keys(await first.run()),
      "Cannot trust Stage B: its order matters",
    );
    const times = await interleaved({ ranked: first.run, all: second.run }, { runs: runsOf[size] });
    return { preselect_all_over_ranked: times.all.leastCpuMs / times.ranked.leastCpuMs };
  } finally {
    await first.session[Symbol.asyncDispose]();
    await second.session[Symbol.asyncDispose]();
  }
}
