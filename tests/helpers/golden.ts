import type { OracleCandles } from "../oracle/candles.ts";

/** One indicator over one candle series, from `golden/data/indicators`. */
export interface SeriesCase {
  readonly id: string;
  readonly params: Readonly<Record<string, number>>;
  /** Null when the indicator has no source axis. */
  readonly source: string | null;
  /** Name of the candle series. */
  readonly candles: string;
  readonly values: readonly (number | null)[];
}

type F32Columns = Readonly<Record<keyof OracleCandles, Float32Array<ArrayBuffer>>>;

/** Candle columns in f32 with their open times. */
export interface GoldenCandles extends F32Columns {
  readonly tsOpenMs: readonly number[];
}

const data = new URL("../golden/data/", import.meta.url);

/** Reads a JSON file below `golden/data`. */
export async function loadGolden<T>(path: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(path, data)));
}

/** Names of the JSON files in a folder of `golden/data`, without ending, sorted. */
export function goldenNames(folder: string): string[] {
  const names = [...Deno.readDirSync(new URL(`${folder}/`, data))].map(({ name }) => name);
  return names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5)).sort();
}

/** Reads a candle series; null is NaN. */
export async function loadGoldenCandles(name: string): Promise<GoldenCandles> {
  const file = await loadGolden<
    Record<keyof OracleCandles, (number | null)[]> & { readonly ts_open_ms: readonly number[] }
  >(`candles/${name}.json`);
  return {
    tsOpenMs: file.ts_open_ms,
    open: f32(file.open),
    high: f32(file.high),
    low: f32(file.low),
    close: f32(file.close),
    volume: f32(file.volume),
  };
}

/** A printed series as the f32 values it stands for. */
export function f32(values: readonly (number | null)[]): Float32Array<ArrayBuffer> {
  return Float32Array.from(values, (value) => value ?? NaN);
}
