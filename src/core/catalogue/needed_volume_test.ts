import { requireVolume } from "./needed_volume.ts";
import { catalogue } from "./catalogue.ts";
import assert from "node:assert/strict";

Deno.test("requireVolume() names the indicators that read a volume, and no others", () => {
  const instrument = { market_id: 1, symbol: "X" };
  const indicatorIds = ["ma.sma", "volume.obv", "ma.vwma"];
  assert.throws(() => requireVolume({ indicatorIds, hasVolume: false, instrument }), {
    code: "validation_error",
    message:
      'Cannot compute volume.obv, ma.vwma: the candles of market 1 symbol "X" have no volume, the column is blank ' +
      "throughout; indicators of prices alone work",
  });
  requireVolume({ indicatorIds, hasVolume: true, instrument });
  requireVolume({ indicatorIds: ["ma.sma", "trend.adx"], hasVolume: false, instrument });
});

Deno.test("requireVolume() refuses every indicator of the volume family", () => {
  const family = catalogue.filter(({ id }) => id.startsWith("volume.")).map(({ id }) => id);
  assert.ok(family.length > 5);
  for (const id of family) {
    assert.throws(
      () => requireVolume({ indicatorIds: [id], hasVolume: false }),
      { code: "validation_error" },
      id,
    );
  }
});
