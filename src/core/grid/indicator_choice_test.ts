import { type ChoiceRequest, chooseIndicator } from "./indicator_choice.ts";
import assert from "node:assert/strict";

Deno.test("chooseIndicator() falls back to the usual values and to the close", () => {
  const chosen = chooseIndicator({ id: " MA.SMA ", values: {} });
  assert.equal(chosen.definition.id, "ma.sma");
  assert.deepEqual(chosen.values, { source: "close", window: 20 });
  const asked = chooseIndicator({ id: "ma.sma", values: { window: 7, source: "hl2" } });
  assert.deepEqual(asked.values, { source: "hl2", window: 7 });
});

Deno.test("chooseIndicator() falls back to the scored output, and knows the others", () => {
  assert.equal(chooseIndicator({ id: "trend.psar", values: {} }).output, "psar");
  assert.equal(chooseIndicator({ id: "trend.psar", values: {}, output: "direction" }).output, "direction");
});

Deno.test("chooseIndicator() refuses with id, parameter and value", () => {
  const cases: readonly [ChoiceRequest, RegExp][] = [
    [{ id: "ma.smma", values: {} }, /^Unknown indicator "ma\.smma"; nearest is "ma\.sma"; known are ma\./],
    [
      { id: "ma.sma", values: { depth: 3 } },
      /^ma\.sma: unknown parameter 'depth' = 3; known are source, window$/,
    ],
    [
      { id: "ma.sma", values: { windw: 3 } },
      /^ma\.sma: unknown parameter 'windw' = 3; nearest is "window"; known are source, window$/,
    ],
    [
      { id: "structure.candle_body", values: { source: "open" } },
      /^structure\.candle_body: unknown parameter 'source' = "open"; there are none$/,
    ],
    [{ id: "ma.sma", values: { window: 1 } }, /^ma\.sma: axis 'window' expects values >= 2, got 1$/],
    [{ id: "ma.sma", values: { window: 2.5 } }, /^ma\.sma: axis 'window' expects integer values, got 2\.5$/],
    [
      { id: "ma.sma", values: { window: "abc" } },
      /^ma\.sma: axis 'window' expects finite numbers, got "abc"$/,
    ],
    [
      { id: "ma.sma", values: { source: "volume" } },
      /^ma\.sma: axis 'source' does not allow "volume", only /,
    ],
    [
      { id: "trend.psar", values: {}, output: "side" },
      /^trend\.psar: unknown output "side"; known are psar, direction$/,
    ],
    [{ id: "ma.sma", values: {}, output: "psar" }, /^ma\.sma: unknown output "psar"; known are value$/],
  ];
  for (const [request, message] of cases) assert.throws(() => chooseIndicator(request), { message });
});
