import { createInProcessCompute } from "../../../src/adapters/wasm/in_process_compute.ts";
import { walkSweep } from "../walk_sweep.ts";

// Scores one variant over 10,000 bars and prints its return beside that of its replay.

const input = walkSweep(10_000, {
  indicators: [{ id: "ma.sma", axes: { source: ["close"], window: [100] } }],
});
await using compute = createInProcessCompute();
await using session = await compute.open(input);
const { scores } = await session.scoreBase({ from: 0, to: 1 }, { keep: 1, floor: -Infinity });
const replay = await session.replay({ stageAIndex: 0, riskIndex: null });
console.log(scores[0], replay.total_return_pct);
