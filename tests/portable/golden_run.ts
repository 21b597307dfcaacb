import { ARENA_BASE } from "../../assembly/layout.ts";
import { kernelOf } from "../../src/adapters/wasm/indicator_series.ts";
import type { Kernels } from "../../src/adapters/wasm/kernels.ts";
import type { AxisValues } from "../../src/adapters/wasm/series/series_kernel.ts";
import { catalogue, type IndicatorDefinition } from "../../src/core/catalogue/mod.ts";

// Runs in any host that has WebAssembly and Web Crypto: bundled, it is what Node and a browser execute in the test.

/** Candle columns as JSON holds them; null is a missing value. */
export type GoldenCandles = Readonly<
  Record<"open" | "high" | "low" | "close" | "volume", readonly (number | null)[]>
>;

/**
 * Computes every indicator of the catalogue at its single default over the candles and returns the SHA-256 hex of all
 * series. A fresh instance per indicator, so that nothing depends on what was in memory.
 */
export async function goldenRun(wasm: BufferSource, candles: GoldenCandles): Promise<string> {
  const module = await WebAssembly.compile(wasm);
  const series = catalogue.map((definition) => computeSeries(module, definition, candles));
  const bytes = new Uint8Array(await new Blob(series).arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function computeSeries(
  module: WebAssembly.Module,
  definition: IndicatorDefinition,
  candles: GoldenCandles,
): Float32Array<ArrayBuffer> {
  const kernels = new WebAssembly.Instance(module).exports as unknown as Kernels;
  const bars = candles.close.length;
  const columnBytes = Math.ceil(bars / 4) * 16;
  const { scratch, compute } = kernelOf(definition.id);
  const names = ["open", "high", "low", "close", "volume", "hl2", "hlc3", "ohlc4"] as const;
  const at = (index: number) => ARENA_BASE + index * columnBytes;
  const column = (name: typeof names[number]) => at(names.indexOf(name));
  const target = at(names.length);
  const scratchAt = at(names.length + 2);
  const end = scratchAt + scratch * 2 * columnBytes;
  kernels.memory.grow(Math.ceil(end / 65_536));
  for (const name of ["open", "high", "low", "close", "volume"] as const) {
    const values = candles[name].map((value) => value ?? NaN);
    new Float32Array(kernels.memory.buffer, column(name), bars).set(values);
  }
  kernels.hl2(column("high"), column("low"), column("hl2"), bars);
  kernels.hlc3(column("high"), column("low"), column("close"), column("hlc3"), bars);
  kernels.ohlc4(column("open"), column("high"), column("low"), column("close"), column("ohlc4"), bars);
  compute(kernels, defaultsOf(definition), { column, target, scratch: scratchAt, bars });
  // NaN has many bit patterns; hosts may choose another one
  return new Float32Array(kernels.memory.buffer, target, bars).map((value) =>
    Number.isNaN(value) ? NaN : value
  );
}

function defaultsOf({ axes }: IndicatorDefinition): AxisValues {
  return Object.fromEntries(axes.map((axis) => [axis.name, axis.single ?? "close"]));
}
