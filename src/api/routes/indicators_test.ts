import assert from "node:assert/strict";
import { apiWorld } from "../../../tests/helpers/api_world.ts";
import { catalogue } from "../../core/catalogue/mod.ts";

const body = {
  timeframe: "1h",
  time_range: { start: "2026-01-01T00:00:00Z", end: "2026-02-01T00:00:00Z" },
  indicators: [{
    indicator_id: "ma.ema",
    params: { window: { mode: "explicit", values: [10, 20] } },
    source: { mode: "explicit", values: ["close"] },
  }],
  risk: { sl: { mode: "explicit", values: [1.5, 3] }, tp: { mode: "explicit", values: [1] } },
};

Deno.test("POST /indicators/estimate counts variants and bytes without candles", async () => {
  const { send } = apiWorld({ candles: { load: () => Promise.reject(new Error("must not be read")) } });
  const { status, json } = await send("POST", "/indicators/estimate", { body, user: null });
  assert.equal(status, 200);
  assert.deepEqual(json, { schema_version: 1, total_variants: 4, estimated_memory_bytes: 67135648 });
});

Deno.test("POST /indicators/estimate puts the guard's figures into the details", async () => {
  const { deps } = apiWorld();
  const guards = { ...deps.config.guards, max_variants_per_compute: 3 };
  const { send } = apiWorld({ config: { ...deps.config, guards } });
  const { status, json } = await send("POST", "/indicators/estimate", { body });
  assert.equal(status, 422);
  assert.deepEqual(json.error, {
    code: "validation_error",
    message: "variants guard exceeded: total_variants=4 > max_variants_per_compute=3; " +
      "axes: ma.ema.window 2, sl_pct 2",
    details: { error: "max_variants_per_compute_exceeded", max_variants_per_compute: 3, total_variants: 4 },
  });
  const bytes = apiWorld({
    config: { ...deps.config, guards: { ...deps.config.guards, max_compute_bytes_total: 67135647 } },
  });
  assert.deepEqual((await bytes.send("POST", "/indicators/estimate", { body })).json.error.details, {
    error: "max_compute_bytes_total_exceeded",
    estimated_memory_bytes: 67135648,
    max_compute_bytes_total: 67135647,
  });
});

Deno.test("POST /indicators/estimate names what is wrong below body", async () => {
  const { send } = apiWorld();
  const item = async (changes: object) => {
    const { status, json } = await send("POST", "/indicators/estimate", { body: { ...body, ...changes } });
    assert.equal(status, 422);
    const [{ path, code }] = json.error.details.errors;
    return `${path} ${code}`;
  };
  assert.equal(await item({ risk: { sl: body.risk.sl } }), "body.risk.tp required");
  assert.equal(
    await item({ risk: { ...body.risk, sl: { values: [-1] } } }),
    "body.risk.sl greater_than_equal",
  );
  assert.equal(
    await item({ time_range: { start: "2026-01-01T00:00:00Z", end: "2026-01-01T00:30:00Z" } }),
    "body.time_range value_error",
  );
  assert.equal(
    await item({ indicators: [{ ...body.indicators[0], indicator_id: "ma.nope" }] }),
    "body.indicators.0.indicator_id value_error",
  );
  assert.equal(
    await item({ indicators: [{ ...body.indicators[0], params: { window: { values: [2.5] } } }] }),
    "body.indicators.0.params.window int_type",
  );
});

Deno.test("GET /indicators lists every indicator with bounds, defaults and warnings", async () => {
  const window = { mode: "explicit" as const, values: [5, 10] };
  const { send } = apiWorld({ defaults: { "ma.sma": { axes: { window }, signals: {} } } });
  const { json } = await send("GET", "/indicators");
  assert.deepEqual(json.items.map(({ id }: { id: string }) => id), catalogue.map(({ id }) => id));
  const named = (id: string) => json.items.find((item: { id: string }) => item.id === id);
  const axis = named("ma.sma").params.find(({ name }: { name: string }) => name === "window");
  assert.deepEqual(axis.default, window);
  assert.equal(axis.kind, "int");
  assert.ok(axis.min >= 1 && axis.max > axis.min);
  assert.equal(named("trend.ichimoku").warnings.length, 1);
  assert.deepEqual(named("ma.sma").warnings, []);
});
