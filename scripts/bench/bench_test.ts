import assert from "node:assert/strict";
import { benchmarks } from "./benchmarks.ts";
import { compileC } from "./peers/c_program.ts";

for (const [name, load] of Object.entries(benchmarks)) {
  Deno.test(`bench ${name} runs at smoke size, its result being the replay's`, async () => {
    await using c = await compileC();
    const { run } = await load();
    const result = await run("smoke", { peers: { c, vectorbt: null } });
    assert.match(result.hash, /^[0-9a-f]{64}$/);
    assert.ok(result.min_ms <= result.median_ms && result.median_ms <= result.max_ms);
    for (const value of Object.values({ ...result.ratios, ...result.figures })) {
      assert.ok(Number.isFinite(value) && value > 0);
    }
  });
}
