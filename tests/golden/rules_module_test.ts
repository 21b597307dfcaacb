import assert from "node:assert/strict";
import { compileRules } from "../../src/core/rules/mod.ts";
import { goldenRules, ruleSignal, rulesWorld } from "../helpers/golden_rules.ts";
import { ruleModule } from "../helpers/rule_module.ts";

for (const strategy of await goldenRules()) {
  const { name, variant, request: { template } } = strategy;
  Deno.test(`rules ${name}: the module has the golden signal, whatever it may keep`, async () => {
    const { rules } = compileRules(template.rules, { timeframe: template.timeframe });
    const { bars } = await rulesWorld(strategy);
    const [start, stop] = strategy.target_slice;
    for (const bytesMax of [undefined, 0]) {
      const module = ruleModule(rules!, { bars, ...(bytesMax === undefined ? {} : { bytesMax }) });
      // another combination first, so that nothing of it may be left
      module.signal(rules!.combinations.kept - 1, { start, stop });
      assert.equal(module.signal(variant, { start, stop }), ruleSignal(strategy));
    }
  });
}
