import { faultAt, TextFault } from "./fault.ts";
import { type BinaryOperator, binding, bindingOf, isComparison, type Syntax } from "./syntax.ts";
import { type Token, Tokens } from "./tokens.ts";

/** Most code points of one text. */
export const textLengthMax = 2000;

/** Most parentheses, calls, `not` and unary `-` inside one another. */
export const levelsMax = 64;

const words: Readonly<Record<string, BinaryOperator>> = {
  "and": "and",
  "&&": "and",
  "or": "or",
  "||": "or",
  "xor": "xor",
};

/**
 * Reads a text by precedence climbing. Throws `TextFault` for the first thing that cannot stand where it does, for a text
 * that is too long and for one that nests too deep.
 */
export function parseRule(text: string): Syntax {
  const length = Array.from(text.slice(0, 4 * textLengthMax)).length;
  if (length > textLengthMax) {
    const found = Array.from(text).length;
    throw new TextFault(null, `a text has at most ${textLengthMax} characters, found ${found}`);
  }
  return new Parser(text).whole();
}

class Parser {
  readonly #tokens: Tokens;
  #token: Token;
  #level = 0;

  constructor(text: string) {
    this.#tokens = new Tokens(text);
    this.#token = this.#tokens.next();
  }

  whole(): Syntax {
    const tree = this.#expression(binding.or);
    if (this.#token.kind !== "end") throw this.#expected("an operator or the end");
    return tree;
  }

  /** An expression of operators that bind at least as tightly as `strength`. */
  #expression(strength: number): Syntax {
    let left = this.#operand(strength);
    for (;;) {
      const operator = this.#operator();
      if (operator === null || bindingOf(operator) < strength) return left;
      if (isComparison(operator) && this.#compares(left)) {
        throw faultAt(this.#token.at, {
          said: "comparisons do not chain",
          hint: 'write "a < b and b < c"',
        });
      }
      this.#advance();
      const right = this.#expression(bindingOf(operator) + 1);
      left = { kind: "binary", operator, left, right, at: left.at };
      if (isComparison(operator)) this.#bare = left;
    }
  }

  /** The last comparison that was read, which parentheses around it turn into a value. */
  #bare: Syntax | null = null;

  #compares(left: Syntax): boolean {
    return left === this.#bare;
  }

  #operand(strength: number): Syntax {
    const { at, text, kind } = this.#token;
    if (kind === "sign" && text === "-") {
      this.#advance();
      const operand = this.#nested(at, () => this.#operand(binding.minus));
      return { kind: "unary", operator: "-", operand, at };
    }
    const isNot = (kind === "name" && text === "not") || (kind === "sign" && text === "!");
    if (isNot && strength <= binding.not) {
      this.#advance();
      const operand = this.#nested(at, () => this.#expression(binding.not));
      return { kind: "unary", operator: "not", operand, at };
    }
    return this.#outputs(this.#atom());
  }

  #atom(): Syntax {
    const token = this.#token;
    const { at, text, kind } = token;
    if (kind === "sign" && text === "(") {
      this.#advance();
      const inner = this.#nested(at, () => this.#expression(binding.or));
      this.#close();
      this.#bare = null;
      return inner;
    }
    if (
      kind === "sign" || kind === "end" || (kind === "name" && (Object.hasOwn(words, text) || text === "not"))
    ) {
      throw this.#expected("a value");
    }
    this.#advance();
    if (kind === "text") return { kind, text, at };
    if (kind === "number") return { kind, value: literal(token), at };
    if (!this.#is("(")) return { kind: "name", name: text, at };
    this.#advance();
    const args = this.#nested(at, () => this.#arguments());
    this.#close();
    return { kind: "call", name: text, args, at };
  }

  #outputs(inner: Syntax): Syntax {
    let of = inner;
    while (this.#is(".")) {
      this.#advance();
      const { kind, text: name, at: nameAt } = this.#token;
      if (kind !== "name") throw this.#expected("the name of an output");
      this.#advance();
      of = { kind: "output", of, name, nameAt, at: of.at };
    }
    return of;
  }

  #arguments(): readonly Syntax[] {
    if (this.#is(")")) return [];
    const args = [this.#expression(binding.or)];
    while (this.#is(",")) {
      this.#advance();
      args.push(this.#expression(binding.or));
    }
    return args;
  }

  #nested<T>(at: number, read: () => T): T {
    if (this.#level === levelsMax) throw faultAt(at, `nested deeper than ${levelsMax} levels`);
    this.#level++;
    const result = read();
    this.#level--;
    return result;
  }

  #operator(): BinaryOperator | null {
    const { kind, text } = this.#token;
    if (kind !== "name" && kind !== "sign") return null;
    if (Object.hasOwn(words, text)) return words[text]!;
    const known = isComparison(text) || ["+", "-", "*", "/"].includes(text);
    return known ? text as BinaryOperator : null;
  }

  #is(sign: string): boolean {
    return this.#token.kind === "sign" && this.#token.text === sign;
  }

  #close(): void {
    if (!this.#is(")")) throw this.#expected('")"');
    this.#advance();
  }

  #advance(): void {
    this.#token = this.#tokens.next();
  }

  #expected(what: string): TextFault {
    const { kind, text, at } = this.#token;
    const found = kind === "end" ? "the end" : JSON.stringify(text);
    return faultAt(at, `expected ${what}, found ${found}`);
  }
}

function literal({ text, at }: Token): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw faultAt(at, "no finite number");
  return value;
}
