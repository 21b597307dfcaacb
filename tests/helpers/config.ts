import { type Config, parseConfig } from "../../src/config.ts";

/** The dev configuration as it is shipped, parsed once. */
export function testConfig(): Config {
  return parsed;
}

const path = "configs/backtest.yaml";
const text = Deno.readTextFileSync(new URL(`../../${path}`, import.meta.url));
const parsed = parseConfig(text, { path, cpuCount: 2 });
