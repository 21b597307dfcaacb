import { walkRequest } from "./worker_world.ts";

/** A sweep over the world's candles that takes minutes: 250 stops x 250 targets for every window. */
export function longWalkRequest(options: Parameters<typeof walkRequest>[0]) {
  const request = walkRequest(options);
  const percents = { mode: "range", start: 0.1, stop_incl: 25, step: 0.1 };
  const risk_grid = { ...request.template.risk_grid, sl: percents, tp: percents };
  return { ...request, template: { ...request.template, risk_grid } };
}

/** The text of a config that takes as large a sweep as that. */
export function withoutVariantsGuard(config: string): string {
  return config.replace(/max_variants_per_compute: \d+/, "max_variants_per_compute: 2000000000");
}
