import { compareCodePoints, pythonString, sha256Hex } from "../text/mod.ts";
import { numberText } from "./canonical_text.ts";
import type { Combination } from "./combinations.ts";
import type { CompiledRules, CompiledSide } from "./compile.ts";

/** Canonical texts of a strategy, definitions put in. */
export interface CanonicalRules {
  readonly long: { readonly enter: string; readonly exit: string | null } | null;
  readonly short: { readonly enter: string; readonly exit: string | null } | null;
}

/** The texts that two spellings of one strategy have in common. */
export function canonicalRules({ long, short }: Pick<CompiledRules, "long" | "short">): CanonicalRules {
  const texts = (side: CompiledSide | null) =>
    side === null ? null : { enter: side.enter.text, exit: side.exit?.text ?? null };
  return { long: texts(long), short: texts(short) };
}

/** SHA-256 hex of the canonical texts; neither parameters nor `where` are part of it. */
export function rulesHash({ long, short }: CanonicalRules): string {
  const quoted = (text: string | null) => text === null ? "null" : pythonString(text, { ascii: false });
  const side = (texts: CanonicalRules["long"]) =>
    texts === null ? "null" : `{"enter":${quoted(texts.enter)},"exit":${quoted(texts.exit)}}`;
  return sha256Hex(`{"long":${side(long)},"schema":"rules.v1","short":${side(short)}}`);
}

/** SHA-256 hex of a strategy with chosen parameters on an instrument and a timeframe. */
export function ruleVariantKey(
  hash: string,
  { params, instrument, timeframe }: {
    readonly params: Combination;
    readonly instrument: { readonly market_id: number; readonly symbol: string };
    readonly timeframe: string;
  },
): string {
  const text = (value: string) => pythonString(value, { ascii: false });
  const members = Object.entries(params)
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([name, value]) => `${text(name)}:${typeof value === "string" ? text(value) : numberText(value)}`);
  const id = text(`${instrument.market_id}:${instrument.symbol}`);
  return sha256Hex(
    `{"instrument_id":${id},"params":{${members.join()}},"rules_hash":"${hash}","schema":"rules.v1",` +
      `"timeframe":${text(timeframe)}}`,
  );
}
