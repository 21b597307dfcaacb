import assert from "node:assert/strict";
import { apiWorld } from "../helpers/api_world.ts";
import { loadGolden } from "../helpers/golden.ts";

interface ErrorCase {
  readonly name: string;
  readonly timeframe: string;
  readonly rules: unknown;
  readonly errors: readonly { readonly member: string; readonly message: string }[];
}

const { cases } = await loadGolden<{ cases: readonly ErrorCase[] }>("rules/errors.json");
const time_range = { start: "2026-01-01T00:00:00Z", end: "2026-02-01T00:00:00Z" };
const instrument_id = { market_id: 1, symbol: "X" };

for (const { name, timeframe, rules, errors } of cases) {
  Deno.test(`rules ${name}: every way into the API refuses it in the golden words`, async () => {
    const { send } = apiWorld();
    const template = { instrument_id, timeframe, rules, execution: { fee_pct: 0.1 } };
    const refusedBy = async (path: string, body: unknown) => {
      const { status, json } = await send("POST", path, { body });
      assert.equal(status, 422);
      return json.error.details.errors.map((item: Record<string, string>) => [item.path, item.message]);
    };
    const expected = errors.map(({ member, message }) => [`body.${member}`, message]);
    assert.deepEqual(await refusedBy("/backtests", { time_range, template }), expected);
    assert.deepEqual(await refusedBy("/backtests/jobs", { time_range, template }), expected);
    assert.deepEqual(await refusedBy("/strategies", { name: "x", template }), expected);
    const risk = { sl: { values: [1] }, tp: { values: [1] } };
    assert.deepEqual(
      await refusedBy("/indicators/estimate", { timeframe, time_range, rules, risk }),
      expected.map(([member, message]) => [member!.replace("template.", ""), message]),
    );
  });
}
