import type { Registry } from "prom-client";

/** Samples of a Prometheus text by `name{labels}`. */
export function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const at = line.lastIndexOf(" ");
    return [line.slice(0, at), Number(line.slice(at + 1))];
  }));
}

/** What a registry shows now, by `name{labels}`. */
export async function samples(registry: Registry): Promise<ReadonlyMap<string, number>> {
  return samplesOf(await registry.metrics());
}
