import type { PutLeg, PutTemplate } from "./template.ts";

/** The hedges there are where a config lists none of its own. */
export const shippedTemplates: readonly PutTemplate[] = [
  { slug: "unhedged", name: "Unhedged", tenor_days: 365, roll: false, legs: [] },
  yearly("protective-put-atm-12m", "Protective put at the money, 12 months", [put(1)]),
  yearly("protective-put-95pct-12m", "Protective put at 95 %, 12 months", [put(0.95)]),
  yearly("protective-put-90pct-12m", "Protective put at 90 %, 12 months", [put(0.9)]),
  quarterly("protective-put-atm-3m", "Protective put at the money, 3 months, rolled", [put(1)]),
  quarterly("protective-put-95pct-3m", "Protective put at 95 %, 3 months, rolled", [put(0.95)]),
  yearly("ladder-50-50-atm-95pct-12m", "Half at the money, half at 95 %, 12 months", [
    put(1, 1 / 2),
    put(0.95, 1 / 2),
  ]),
  yearly("ladder-33-33-33-atm-95pct-90pct-12m", "Thirds at the money, 95 % and 90 %, 12 months", [
    put(1, 1 / 3),
    put(0.95, 1 / 3),
    put(0.9, 1 / 3),
  ]),
];

function put(moneyness: number, weight = 1): PutLeg {
  return { moneyness, weight };
}

function yearly(slug: string, name: string, legs: readonly PutLeg[]): PutTemplate {
  return { slug, name, tenor_days: 365, roll: false, legs };
}

function quarterly(slug: string, name: string, legs: readonly PutLeg[]): PutTemplate {
  return { slug, name, tenor_days: 91, roll: true, legs };
}
