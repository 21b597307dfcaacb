import { type AST, RegExpParser, visitRegExpAST } from "@eslint-community/regexpp";

/** A text without end: what it starts with, what is repeated, and what it ends with. */
export interface Attack {
  readonly start: string;
  readonly repeated: string;
  readonly end: string;
}

/** A character that hardly any expression has a place for. */
const stranger = "\u0001";

/**
 * What an expression is slow on, if it is slow on anything: its own text again and again, the same with the last
 * character missing, and what each of its repetitions repeats, alone and after what comes before it, with an end that
 * matches and with one that does not.
 */
export function attacksOn({ source, flags }: { readonly source: string; readonly flags: string }): Attack[] {
  const pattern = new RegExpParser().parsePattern(source, 0, source.length, {
    unicode: flags.includes("u"),
    unicodeSets: flags.includes("v"),
  });
  const whole = sampleOf(pattern);
  const repeats = [whole, whole.slice(0, -1), whole.slice(1), `${whole} `, whole.slice(-1)]
    .map((repeated) => ({ start: "", repeated, end: "" }));
  const inner: Attack[] = [];
  visitRegExpAST(pattern, {
    onQuantifierEnter(quantifier) {
      if (quantifier.max < 2) return;
      const before = sampleOf(pattern, quantifier);
      for (const repeated of samplesOf(quantifier.element)) {
        inner.push({ start: before, repeated, end: "" }, { start: "", repeated, end: "" });
        inner.push({ start: "", repeated: before + repeated, end: "" });
      }
    },
  });
  return [...repeats, ...inner]
    .filter(({ repeated }) => repeated !== "")
    .flatMap((attack) => [attack, { ...attack, end: stranger }]);
}

/** The text of an attack, about so long. */
export function attackText({ start, repeated, end }: Attack, length: number): string {
  return start + repeated.repeat(Math.ceil(length / repeated.length)) + end;
}

/** A text an element matches, its repetitions as short as may be but not empty; only what stands before `until`. */
function sampleOf(element: AST.Element | AST.Pattern | AST.Alternative, until?: AST.Node): string {
  let text = "";
  let over = false;
  const walk = (node: AST.Element | AST.Pattern | AST.Alternative): void => {
    if (over || node === until) {
      over = true;
      return;
    }
    switch (node.type) {
      case "Pattern":
      case "CapturingGroup":
      case "Group":
        return walk(
          node.alternatives.find((part) => until && contains(part, until)) ?? node.alternatives[0]!,
        );
      case "Alternative":
        return node.elements.forEach(walk);
      case "Quantifier":
        if (contains(node, until)) return walk(node.element);
        for (let i = 0; i < Math.max(1, Math.min(node.min, 4)) && node.max > 0; i++) walk(node.element);
        return;
      case "Assertion":
      case "Backreference":
      case "ExpressionCharacterClass":
        return;
      default:
        text += charactersOf(node)[0] ?? "";
    }
  };
  walk(element);
  return text;
}

function contains(node: AST.Node, inner: AST.Node | undefined): boolean {
  for (let at: AST.Node | null | undefined = inner; at; at = at.parent) if (at === node) return true;
  return false;
}

/** What a repeated element may match: one text for each of its alternatives, several for a class of characters. */
function samplesOf(element: AST.QuantifiableElement): string[] {
  switch (element.type) {
    case "CapturingGroup":
    case "Group": {
      const each = element.alternatives.map((alternative) => sampleOf(alternative));
      return [...each, each.join("")];
    }
    case "Character":
    case "CharacterSet":
    case "CharacterClass": {
      const each = charactersOf(element);
      return [...each, ...each.slice(1).map((other) => each[0] + other)];
    }
    default:
      return [sampleOf(element)];
  }
}

const candidates = [
  "a",
  "0",
  " ",
  "-",
  ".",
  "/",
  ":",
  "=",
  '"',
  "'",
  "@",
  "_",
  "A",
  "\n",
  "\\",
  "%",
  ",",
  "\u2028",
  "\u0000",
  "é",
];

/** Some characters a class stands for, found by asking. */
function charactersOf(node: AST.Character | AST.CharacterSet | AST.CharacterClass): string[] {
  if (node.type === "Character") return [String.fromCodePoint(node.value)];
  const own = new RegExp(`^(?:${node.raw})$`, "u");
  const named = node.type === "CharacterClass"
    ? node.elements.flatMap((member) =>
      member.type === "CharacterClassRange"
        ? [member.min.value, member.max.value]
        : member.type === "Character"
        ? [member.value]
        : []
    ).map((code) => String.fromCodePoint(code))
    : [];
  return [...named, ...candidates].filter((character) => own.test(character)).slice(0, 12);
}
