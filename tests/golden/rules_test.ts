import assert from "node:assert/strict";
import {
  canonicalRules,
  type CompiledRules,
  compileRules,
  rulesHash,
  type RulesSpec,
  ruleVariantKey,
} from "../../src/core/rules/mod.ts";
import { loadGolden } from "../helpers/golden.ts";
import { goldenRules } from "../helpers/golden_rules.ts";

interface ErrorCase {
  readonly name: string;
  readonly timeframe: string;
  readonly rules: RulesSpec;
  readonly errors: readonly {
    readonly member: string;
    readonly position: number | null;
    readonly message: string;
  }[];
}

interface SweepCase {
  readonly name: string;
  readonly request: {
    readonly template: {
      readonly instrument_id: { readonly market_id: number; readonly symbol: string };
      readonly timeframe: string;
      readonly rules: RulesSpec;
    };
  };
  readonly combinations: number;
  readonly kept: number;
  readonly canonical: unknown;
  readonly rules_hash: string;
  readonly variants: readonly {
    readonly index: number;
    readonly params: Readonly<Record<string, number | string>>;
    readonly indicator_variant_key: string;
  }[];
}

const { cases } = await loadGolden<{ cases: readonly ErrorCase[] }>("rules/errors.json");

for (const { name, timeframe, rules, errors } of cases) {
  Deno.test(`rules ${name}: ${errors.map(({ message }) => message).join(", ")}`, () => {
    const { faults } = compileRules(rules, { timeframe });
    const found = faults.map(({ path, position, message }) => ({
      member: `template.rules${path === "" ? "" : `.${path}`}`,
      position,
      message,
    }));
    assert.deepEqual(found, errors);
  });
}

for (const { name, request: { template }, variants, variant, params, ...golden } of await goldenRules()) {
  Deno.test(`rules ${name}: canonical texts, hash, combinations and key`, () => {
    const rules = compiled(template.rules, template.timeframe);
    const texts = canonicalRules(rules);
    assert.deepEqual({ ...golden.canonical, short: golden.canonical.short ?? null }, {
      ...texts,
      long: texts.long ?? null,
    });
    const hash = rulesHash(texts);
    assert.equal(hash, golden.rules_hash);
    assert.equal(rules.combinations.kept, variants);
    assert.deepEqual(rules.combinations.at(variant), params);
    const { instrument_id: instrument, timeframe } = template;
    assert.equal(
      ruleVariantKey(hash, { params: rules.combinations.at(variant), instrument, timeframe }),
      golden.indicator_variant_key,
    );
    // the canonical text is a text of the same strategy, and the canonical one of that
    const again = compiled({
      params: template.rules.params ?? {},
      ...(texts.long === null ? {} : { long: texts.long }),
      ...(texts.short === null ? {} : { short: texts.short }),
    }, timeframe);
    assert.deepEqual(canonicalRules(again), texts);
  });
}

const { sweeps } = await loadGolden<{ sweeps: readonly SweepCase[] }>("rules/sweeps.json");

for (const { name, request: { template }, ...golden } of sweeps) {
  Deno.test(`rules ${name}: the kept combinations in order, with their keys`, () => {
    const rules = compiled(template.rules, template.timeframe);
    assert.equal(rules.combinations.total, golden.combinations);
    assert.equal(rules.combinations.kept, golden.kept);
    const texts = canonicalRules(rules);
    assert.deepEqual(texts, golden.canonical);
    assert.equal(rulesHash(texts), golden.rules_hash);
    const { instrument_id: instrument, timeframe } = template;
    const found = golden.variants.map(({ index }) => {
      const params = rules.combinations.at(index);
      const key = ruleVariantKey(golden.rules_hash, { params, instrument, timeframe });
      return { index, params, indicator_variant_key: key };
    });
    assert.deepEqual(
      found,
      golden.variants.map(({ index, params, indicator_variant_key }) => ({
        index,
        params,
        indicator_variant_key,
      })),
    );
    assert.equal(golden.variants.length, golden.kept);
  });
}

function compiled(spec: RulesSpec, timeframe: string): CompiledRules {
  const { rules, faults } = compileRules(spec, { timeframe });
  assert.deepEqual(faults, []);
  return rules!;
}
