import assert from "node:assert/strict";
import { parseConfig } from "../config.ts";
import { shippedTemplates } from "../core/scenario/mod.ts";

const base = await Deno.readTextFile(new URL("../../configs/backtest.yaml", import.meta.url));

function scenarios(section: string) {
  const text = `version: 1\n${section}\n`;
  return parseConfig(text, { path: "a.yaml", cpuCount: 1, base: { path: "b.yaml", text: base } }).scenarios;
}

function refused(section: string): string {
  try {
    scenarios(section);
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail(`${section} was taken`);
}

const one = "{ slug: a, name: A, tenor_days: 30, legs: [{ moneyness: 1, weight: 1 }] }";

Deno.test("the section scenarios has the shipped templates unless it lists its own", () => {
  assert.deepEqual(scenarios(""), { days_max: 3660, volatility_default: 0.2, templates: shippedTemplates });
  assert.deepEqual(scenarios(`scenarios: { templates: [${one}] }`).templates, [
    { slug: "a", name: "A", tenor_days: 30, roll: false, legs: [{ moneyness: 1, weight: 1 }] },
  ]);
  assert.deepEqual(scenarios("scenarios: { days_max: 30, volatility_default: 1 }"), {
    days_max: 30,
    volatility_default: 1,
    templates: shippedTemplates,
  });
});

Deno.test("shippedTemplates are taken where a config lists them", () => {
  const text = `scenarios: ${JSON.stringify({ templates: shippedTemplates })}`;
  assert.deepEqual(scenarios(text).templates, shippedTemplates);
});

const refusals: readonly (readonly [string, string])[] = [
  ["scenarios: { days_max: 0 }", "scenarios.days_max must be an integer 1..36600, got 0"],
  ["scenarios: { volatility_default: 6 }", "scenarios.volatility_default must be a number 0..5, got 6"],
  ["scenarios: { templates: [] }", "scenarios.templates must be a list with a template, got []"],
  ["scenarios: { template: [] }", "scenarios.template is not a known key"],
  [
    `scenarios: { templates: [${one}, ${one}] }`,
    'scenarios.templates.1.slug must be a slug that no template before it has, got "a"',
  ],
  [
    one.replace("slug: a", "slug: A_b"),
    'scenarios.templates.0.slug must be 1 to 64 of a-z, 0-9 and -, got "A_b"',
  ],
  [one.replace("30", "0"), "scenarios.templates.0.tenor_days must be an integer 1..3660, got 0"],
  [one.replace("30", "3661"), "scenarios.templates.0.tenor_days must be an integer 1..3660, got 3661"],
  [
    one.replace("moneyness: 1", "moneyness: 0"),
    "scenarios.templates.0.legs.0.moneyness must be a number > 0 and <= 2, got 0",
  ],
  [
    one.replace("moneyness: 1", "moneyness: 2.1"),
    "scenarios.templates.0.legs.0.moneyness must be a number > 0 and <= 2, got 2.1",
  ],
  [
    one.replace("weight: 1", "weight: 0.5"),
    "scenarios.templates.0.legs must be legs whose weights sum to 1, not to 0.5, got [0.5]",
  ],
  [
    one.replace("weight: 1", "weight: 0.999999998"),
    "scenarios.templates.0.legs must be legs whose weights sum to 1",
  ],
  [
    one.replace("[{", `[${"{ moneyness: 1, weight: 0.2 }, ".repeat(5)}{`),
    "scenarios.templates.0.legs must be at most 5 legs",
  ],
  [one.replace("tenor_days: 30, ", ""), "scenarios.templates.0.tenor_days is required"],
  [
    one.replace("tenor_days: 30", "tenor_days: 30, role: true"),
    'scenarios.templates.0.role is not a known key; nearest is "roll"',
  ],
];

for (const [text, message] of refusals) {
  const section = text.startsWith("{") ? `scenarios: { templates: [${text}] }` : text;
  Deno.test(`a config with ${section} is refused: ${message}`, () => {
    const said = refused(section);
    assert.ok(said.startsWith(`Cannot use config "a.yaml": ${message}`), said);
  });
}

Deno.test("weights that are 1e-9 off a sum of 1 are taken", () => {
  const text = one.replace("weight: 1", "weight: 0.9999999995");
  assert.equal(scenarios(`scenarios: { templates: [${text}] }`).templates.length, 1);
});
