import { faultAt } from "./fault.ts";

/** A piece of a rule's text. */
export interface Token {
  readonly kind: "number" | "text" | "name" | "sign" | "end";
  /** As it stands there; without its quotes for a text, empty at the end. */
  readonly text: string;
  /** Position of its first character, in code points from 1. */
  readonly at: number;
}

const signs: readonly string[] = [
  "<=",
  ">=",
  "==",
  "!=",
  "&&",
  "||",
  "(",
  ")",
  ",",
  ".",
  "+",
  "-",
  "*",
  "/",
  "<",
  ">",
  "!",
];

/** Reads a text token by token, so that the first fault is the one that stands first. */
export class Tokens {
  readonly #characters: readonly string[];
  #place = 0;

  constructor(text: string) {
    this.#characters = Array.from(text);
  }

  /** The next token; the end again and again once it is reached. Throws `TextFault` for what begins none. */
  next(): Token {
    this.#skip((character) => " \t\r\n".includes(character));
    const at = this.#place + 1;
    const character = this.#at(0);
    if (character === "") return { kind: "end", text: "", at };
    if (isDigit(character) || (character === "." && isDigit(this.#at(1)))) {
      return { kind: "number", text: this.#number(), at };
    }
    if (/[A-Za-z_]/.test(character)) {
      return { kind: "name", text: this.#skip((next) => /[A-Za-z0-9_]/.test(next)), at };
    }
    if (character === '"' || character === "'") return { kind: "text", text: this.#quoted(character), at };
    const sign = signs.find((known) => Array.from(known).every((part, i) => this.#at(i) === part));
    if (sign === undefined) throw unexpected(character, at);
    this.#place += sign.length;
    return { kind: "sign", text: sign, at };
  }

  #at(offset: number): string {
    return this.#characters[this.#place + offset] ?? "";
  }

  #skip(belongs: (character: string) => boolean): string {
    const from = this.#place;
    while (this.#at(0) !== "" && belongs(this.#at(0))) this.#place++;
    return this.#characters.slice(from, this.#place).join("");
  }

  /** Digits with a fraction and an exponent; a point or an `e` that no digit follows is no part of it. */
  #number(): string {
    let text = this.#skip(isDigit);
    if (this.#at(0) === "." && isDigit(this.#at(1))) {
      this.#place++;
      text += `.${this.#skip(isDigit)}`;
    }
    const signed = "+-".includes(this.#at(1)) && this.#at(1) !== "" ? 1 : 0;
    if (/[eE]/.test(this.#at(0)) && isDigit(this.#at(1 + signed))) {
      const sign = signed === 1 ? this.#at(1) : "";
      this.#place += 1 + signed;
      text += `e${sign}${this.#skip(isDigit)}`;
    }
    return text;
  }

  #quoted(quote: string): string {
    const at = this.#place + 1;
    this.#place++;
    const text = this.#skip((character) => character !== quote && !"\\\r\n".includes(character));
    if (this.#at(0) === "\\") throw unexpected("\\", this.#place + 1);
    if (this.#at(0) !== quote) throw unexpected(quote, at);
    this.#place++;
    return text;
  }
}

function isDigit(character: string): boolean {
  return character >= "0" && character <= "9" && character.length === 1;
}

function unexpected(character: string, at: number) {
  return faultAt(at, `unexpected ${JSON.stringify(character)}`);
}
