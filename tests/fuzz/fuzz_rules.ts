import { canonicalRules, compileRules, prices } from "../../src/core/rules/mod.ts";
import { AnyRule } from "../helpers/any_rule.ts";
import { generator } from "../helpers/series.ts";

/** How a fuzz run of rule texts ended. */
export interface RulesFuzzEnd {
  readonly cases: number;
  readonly elapsedMs: number;
  /** Texts that were rules; a fuzz that met none has not tested the canonical text. */
  readonly accepted: number;
  /** The slowest text, in ms. */
  readonly slowestMs: number;
  /** The first text that broke a promise, and which; null when none did. */
  readonly failure: { readonly text: string; readonly message: string } | null;
}

/** What compiles a text. */
export type CompileText = (text: string) => ReturnType<typeof compileRules>;

/** A text is compiled within this time, whatever it is, on a machine under load. */
const slowMs = 2000;

/**
 * Compiles random texts, right ones, right ones with something changed, and soups of characters, the same ones for the
 * same seed. None may crash or hang; every fault has a position in its text; every text that is taken has a canonical text
 * that is taken, is its own canonical text, and has as many nodes.
 */
export function fuzzRules(
  { seed, cases, seconds = Infinity }: {
    readonly seed: number;
    readonly cases: number;
    readonly seconds?: number;
  },
  compile: CompileText = compileEnter,
): RulesFuzzEnd {
  const random = generator(seed);
  const startedMs = performance.now();
  let [accepted, slowestMs, done] = [0, 0, 0];
  for (; done < cases && performance.now() - startedMs < seconds * 1000; done++) {
    const text = anyText(random);
    const beganMs = performance.now();
    const message = brokenPromise(text, compile);
    const tookMs = performance.now() - beganMs;
    slowestMs = Math.max(slowestMs, tookMs);
    const broken = message.broken ?? (tookMs > slowMs ? `takes ${Math.round(tookMs)} ms` : null);
    if (message.accepted) accepted++;
    if (broken !== null) {
      return {
        cases: done + 1,
        elapsedMs: performance.now() - startedMs,
        accepted,
        slowestMs,
        failure: { text, message: broken },
      };
    }
  }
  return { cases: done, elapsedMs: performance.now() - startedMs, accepted, slowestMs, failure: null };
}

const params = {
  n: { mode: "explicit", values: [2, 5, 9] },
  p: { mode: "explicit", values: ["close", "hl2"] },
} as const;

/** Compiles a text as the entry of a long side of 15-minute bars with the parameters `n` and `p`. */
export function compileEnter(text: string): ReturnType<typeof compileRules> {
  return compileRules({ params, long: { enter: text } }, { timeframe: "15m" });
}

function brokenPromise(
  text: string,
  compile: CompileText,
): { readonly accepted: boolean; readonly broken: string | null } {
  try {
    const { rules, faults } = compile(text);
    if (rules === null) {
      const length = Array.from(text).length;
      const stray = faults.find(({ position }) =>
        position !== null && !(position >= 1 && position <= length + 1)
      );
      const without = faults.length === 0 || faults.some(({ message }) => message === "");
      const broken = without
        ? "refused without a fault"
        : stray && `a fault at ${stray.position} of ${length}`;
      return { accepted: false, broken: broken ?? null };
    }
    const canonical = canonicalRules(rules).long!.enter;
    if (Array.from(canonical).length > 2000) return { accepted: true, broken: null };
    const again = compile(canonical);
    if (again.rules === null) {
      return {
        accepted: true,
        broken: `its canonical text ${canonical} is refused: ${again.faults[0]!.message}`,
      };
    }
    const second = canonicalRules(again.rules).long!.enter;
    const isSame = second === canonical && again.rules.nodes.length === rules.nodes.length;
    return { accepted: true, broken: isSame ? null : `${canonical} has the canonical text ${second}` };
  } catch (error) {
    return { accepted: false, broken: `throws ${error}` };
  }
}

const pieces: readonly string[] = [
  ..."()(),,..+-*/<>=!&|'\"\\ \t\n$#@^%~`?:;[]{}0123456789eE_",
  ...[
    "<=",
    ">=",
    "==",
    "!=",
    "&&",
    "||",
    "and",
    "or",
    "xor",
    "not",
    "true",
    "false",
    "1e999",
    "1e-4",
    ".5",
    "5.",
  ],
  ...[
    "ema(close, 5)",
    "macd(close)",
    ".signal",
    'on_timeframe("1h", ',
    "between_times(",
    '"09:30"',
    "n",
    "p",
  ],
  ...[
    "prev(",
    "known(",
    'col("x")',
    "crosses(",
    "for_bars(",
    "obv",
    "emaa",
    "é",
    "\u{1F600}",
    "\u0000",
    "\uD800",
  ],
  ...prices,
];

function anyText(random: () => number): string {
  const whole = (below: number) => Math.floor(random() * below);
  const piece = () => pieces[whole(pieces.length)]!;
  const kind = random();
  if (kind < 0.3) return Array.from({ length: whole(40) }, piece).join(random() < 0.5 ? " " : "");
  if (kind < 0.31) return piece().repeat(whole(1200));
  const rule = new AnyRule({
    random,
    numbers: ["n"],
    prices: ["p"],
    columns: ["x", "y"],
    timeframes: ["1h", "1d"],
  });
  let text = rule.condition(whole(5));
  if (kind < 0.65) return text;
  for (let changes = 1 + whole(3); changes > 0; changes--) {
    const characters = Array.from(text);
    characters.splice(whole(characters.length + 1), whole(3), ...(random() < 0.7 ? [piece()] : []));
    text = characters.join("");
  }
  return text;
}
