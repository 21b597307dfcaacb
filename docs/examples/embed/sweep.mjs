import { embeddedSweep } from "../../../build/backtest.mjs";

/**
 * The example's sweep in whatever host this runs in. `load(path)` answers the bytes of a file of the project.
 * Answers the winner and the SHA-256 of the whole answer: the same in every host.
 */
export async function exampleSweep(load) {
  const text = async (path) => new TextDecoder().decode(await load(path));
  const answer = await embeddedSweep({
    wasm: await load("build/backtest.wasm"),
    request: await text("docs/examples/sp500-sma-rsi.json"),
    candles: columns(await text("docs/examples/sp500-daily.csv")),
    timeframeMs: 86_400_000,
    calendar: "sessions",
    config: await text("configs/backtest.yaml"),
    grids: await text("configs/indicators.yaml"),
  });
  const { variant_key, total_return_pct } = answer.variants[0];
  return { hash: await sha256(JSON.stringify(answer)), variant_key, total_return_pct };
}

/** Candle columns of a well-formed CSV file: times as f64 epoch ms, the rest as f32. */
function columns(csv) {
  const [header, ...rows] = csv.trim().split("\n").map((line) => line.split(","));
  const column = (name) => rows.map((row) => row[header.indexOf(name)]);
  const values = (name) => Float32Array.from(column(name), Number);
  return {
    tsOpenMs: Float64Array.from(column("ts_open"), (time) => Date.parse(time)),
    ...Object.fromEntries(["open", "high", "low", "close", "volume"].map((name) => [name, values(name)])),
  };
}

async function sha256(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
