import { validationError } from "../../core/errors/mod.ts";
import { compiledOnce, type CompiledRules, type RuleFault } from "../../core/rules/mod.ts";
import { parseRequestText } from "../../request/parse.ts";
import type { TemplateRules } from "../../request/rules.ts";
import type { RulesRequest } from "../../usecases/explain_rules.ts";
import type { CommandDeps } from "../deps.ts";
import { caretLines } from "../render/caret_lines.ts";
import { ruleHelp } from "../render/rule_help.ts";

/** Reads a request that has rules; `verb` is what was to be done with it. */
export async function readRulesRequest(
  file: string,
  { verb, deps }: { readonly verb: string; readonly deps: CommandDeps },
): Promise<RulesRequest> {
  const request = parseRequestText(await deps.readText(file), file);
  if ("template" in request && request.template.rules !== undefined) return request as RulesRequest;
  const message = `Cannot ${verb} "${file}": its template has no rules`;
  throw validationError(message, [{ path: "body.template.rules", code: "required", message }]);
}

/** The rules compiled; null after all faults were shown, with exit code 1. */
export function compiledOrShown(
  spec: TemplateRules,
  { timeframe, deps }: { readonly timeframe: string; readonly deps: CommandDeps },
): CompiledRules | null {
  const { rules, faults } = compiledOnce(spec, { timeframe });
  if (rules !== null) return rules;
  for (const fault of faults) deps.err(faultLines(fault, spec));
  deps.setExitCode(1);
  return null;
}

function faultLines({ path, position, message }: RuleFault, spec: TemplateRules): string {
  const text = position === null ? undefined : textAt(path, spec);
  const member = path === "" ? "rules" : `rules.${path}`;
  if (text === undefined) return `${member}: ${message}\n`;
  const help = ruleHelp({ path, position, message }, text);
  return `${member}: ${message}\n${caretLines(text, position!)}${help === null ? "" : `  help: ${help}\n`}`;
}

/** The text of a member such as `long.enter`, `define.trend` or `where[0]`. */
function textAt(path: string, { where, define, long, short }: TemplateRules): string | undefined {
  const condition = /^where\[(\d+)\]$/.exec(path);
  if (condition !== null) return where?.[Number(condition[1])];
  const [part, name] = path.split(".") as [string, string];
  if (part === "define") return define?.[name];
  const side = part === "long" ? long : short;
  return side?.[name as "enter" | "exit"];
}
