import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { createRuleProbe } from "../../src/adapters/wasm/rule_probe.ts";

/** Looks into rules with the module that was built. */
export const ruleProbe = createRuleProbe(kernelModule);
