import { pythonFloat, pythonInt } from "../text/mod.ts";
import type { RuleKind, RuleNode } from "./expression.ts";
import { binding, bindingOf } from "./syntax.ts";

/**
 * The one text of an expression, from the texts of its arguments: one space around operators and after commas, words for
 * logic, parentheses only where the binding needs them, all arguments written out. Nothing is folded or reordered.
 */
export function canonicalText(
  made: RuleKind,
  args: readonly Pick<RuleNode, "text" | "binding">[],
): { readonly text: string; readonly binding: number } {
  const within = (i: number, strength: number) =>
    args[i]!.binding < strength ? `(${args[i]!.text})` : args[i]!.text;
  const between = (operator: string, strength: number) => ({
    text: `${within(0, strength)} ${operator} ${within(1, strength + 1)}`,
    binding: strength,
  });
  const atom = (text: string) => ({ text, binding: binding.atom });
  const call = (name: string, given: readonly string[]) => atom(`${name}(${given.join(", ")})`);
  const texts = args.map(({ text }) => text);
  switch (made.kind) {
    case "number":
      return atom(numberText(made.value));
    case "parameter":
      return atom(made.name);
    case "price":
      return atom(made.price);
    case "clock":
      return atom(made.clock);
    case "column":
      return call("col", [quoted(made.column)]);
    case "truth":
      return atom(String(made.truth));
    case "minus":
      return { text: `-${within(0, binding.minus)}`, binding: binding.minus };
    case "not":
      return { text: `not ${within(0, binding.not)}`, binding: binding.not };
    case "comparison":
      return {
        text: `${within(0, binding.sum)} ${made.operator} ${within(1, binding.sum)}`,
        binding: binding.comparison,
      };
    case "arithmetic":
    case "logic":
      return between(made.operator, bindingOf(made.operator));
    case "function":
      return call(made.name, texts);
    case "indicator": {
      const { text } = call(made.call.name, texts);
      return atom(made.output === made.call.outputs[0] ? text : `${text}.${made.output}`);
    }
    case "session": {
      const { startMinute, endMinute, zone } = made.session;
      return call("between_times", [clockText(startMinute), clockText(endMinute), zone].map(quoted));
    }
    case "timeframe":
      return call("on_timeframe", [quoted(made.timeframe), ...texts]);
  }
}

/** A number as canonical texts and keys print it: plain digits where it is whole and below 1e16, else a float. */
export function numberText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? pythonInt(value) : pythonFloat(value);
}

/** A time of day as `HH:MM`. */
function clockText(minutes: number): string {
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

/** In double quotes; in single ones where it holds a double one, as there is no escape. */
function quoted(text: string): string {
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}
