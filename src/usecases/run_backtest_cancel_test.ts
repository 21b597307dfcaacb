import assert from "node:assert/strict";
import { ruleProbe } from "../../tests/helpers/rule_probe.ts";
import { testConfig } from "../../tests/helpers/config.ts";
import { continuousMarket } from "../../tests/helpers/markets.ts";
import { until } from "../../tests/helpers/until.ts";
import { candleSource, harness, requestBody } from "../../tests/helpers/worker_harness.ts";
import type { Compute, ComputeSession } from "../ports/compute.ts";
import { parseRequest } from "../request/parse.ts";
import { runBacktest } from "./run_backtest.ts";

/** The stage in which each call is made. */
const stages = { open: "stage_a", scoreBase: "stage_a", scoreRisk: "stage_b", report: "finalizing" } as const;

for (const [kind, stage] of Object.entries(stages)) {
  Deno.test(`13 a deadline ends a synchronous run in a call that never ends: ${kind}()`, async () => {
    const { compute } = harness();
    let under = false;
    const hang = (signal: AbortSignal) => {
      under = true;
      return new Promise<never>((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason), { once: true })
      );
    };
    const open: Compute["open"] = async (input) => {
      if (kind === "open") return await hang(input.signal!);
      const session = await compute.open(input);
      return { ...session, [kind]: () => hang(input.signal!) } as ComputeSession;
    };
    const over = new AbortController();
    const running = runBacktest({
      parsed: parseRequest(requestBody()),
      reports: "configured",
      signal: over.signal,
    }, {
      candles: candleSource,
      compute: { ...compute, open },
      rules: ruleProbe,
      defaults: {},
      marketOf: () => continuousMarket,
      config: testConfig(),
    });
    await until(() => under);
    over.abort("deadline_exceeded");
    await assert.rejects(running, {
      code: "deadline_exceeded",
      details: { reason: "deadline_exceeded", stage },
    });
  });
}
