import { z } from "zod";
import { type ErrorItem, errorItemsMax } from "../core/errors/mod.ts";
import { knownInstead, shown } from "../core/text/mod.ts";

/** One thing a schema found wrong. */
export interface Finding {
  /** Dotted, from the root of what was read; empty for the root itself. */
  readonly path: string;
  readonly code: string;
  /** Completes "must be ..."; a schema may bring its own text as `error`. */
  readonly expected: string;
  /** What stands there; undefined where nothing does. */
  readonly value: unknown;
  /** Of a member nobody knows: its name, and those that could stand in its place. */
  readonly unknown?: { readonly name: string; readonly known: readonly string[] };
}

/** What a schema made of a value, or all it found wrong. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Reads a value with a schema. */
export function readWith<T>(schema: z.ZodType<T>, value: unknown): Reading<T> {
  const result = schema.safeParse(value, { error: (issue) => expected(issue), reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, findings: result.error.issues.flatMap(toFindings) };
}

/** Findings as items of an API error, worded as in the API's documents. */
export function toErrorItems(findings: readonly Finding[], { root }: { readonly root: string }): ErrorItem[] {
  return findings.map((finding) => ({
    path: [root, finding.path].filter((part) => part !== "").join("."),
    code: finding.code,
    message: apiSentence(finding),
  }));
}

/** Findings as items of a file's error: each message names the key and the value. */
export function toFileItems(findings: readonly Finding[]): ErrorItem[] {
  return findings.map((finding) => ({
    path: finding.path,
    code: finding.code,
    message: fileSentence(finding),
  }));
}

/** The message of a file's error: the attempt, the file, the first finding and how many more there are. */
export function fileMessage(
  items: readonly ErrorItem[],
  file: { readonly attempt: string; readonly path: string },
): string {
  const more = items.length > 1 ? ` (and ${items.length - 1} more)` : "";
  return `${file.attempt} "${file.path}": ${items[0]?.message}${more}`;
}

/** Marks a finding as that of an integer field. */
export const integerText = "an integer";

/** Marks a finding as that of a field that takes an integer or `all`. */
export const integerOrAllText = 'an integer > 0 or "all"';

/** Marks a finding as that of a field that takes a volatility: a number, or a word in its place. */
export const numberOrRealizedText = 'a number 0..5 or "realized"';

/** Code of findings that compare values with each other rather than look at one value's form. */
export const valueErrorCode = "value_error";

function apiSentence({ code, expected, value, unknown }: Finding): string {
  if (code === "required") return "Field required";
  if (code === "extra_forbidden") return `Extra inputs are not permitted${insteadOf(unknown)}`;
  return `Input should be ${expected}, got ${shown(value)}`;
}

function fileSentence({ path, code, expected, value, unknown }: Finding): string {
  const name = path || "the file";
  if (code === "required") return `${name} is required`;
  if (code === "extra_forbidden") return `${name} is not a known key${insteadOf(unknown)}`;
  return `${name} must be ${expected}, got ${shown(value)}`;
}

function insteadOf(unknown: Finding["unknown"]): string {
  return unknown === undefined ? "" : knownInstead(unknown.name, unknown.known);
}

function toFindings(issue: z.core.$ZodIssue): Finding[] {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const prefix = path === "" ? "" : `${path}.`;
    const known = issue.message === "" ? [] : issue.message.split(knownSeparator);
    // sought for those only that an error can show: the first ones in order
    const showable = new Set(
      issue.keys.length > errorItemsMax ? issue.keys.toSorted().slice(0, errorItemsMax) : issue.keys,
    );
    return issue.keys.map((key) => ({
      path: prefix + key,
      code: "extra_forbidden",
      expected: "left out",
      value: (issue.input as Record<string, unknown> | undefined)?.[key],
      ...(showable.has(key) ? { unknown: { name: key, known } } : {}),
    }));
  }
  return [{ path, code: codeOf(issue), expected: issue.message, value: valueOf(issue) }];
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (isMissing(issue)) return "required";
  switch (issue.code) {
    case "invalid_type":
      return issue.message === integerText ? "int_type" : typeCodes[issue.expected] ?? valueErrorCode;
    case "invalid_value":
      return "literal_error";
    case "invalid_union":
      if (issue.message === integerOrAllText) return "int_type";
      if (issue.message === numberOrRealizedText) return "float_type";
      return issue.discriminator === undefined ? valueErrorCode : "literal_error";
    case "invalid_format":
      return issue.format === "uuid" ? "uuid_parsing" : valueErrorCode;
    case "too_small":
      return sizeOrigins.has(issue.origin)
        ? "too_short"
        : issue.inclusive
        ? "greater_than_equal"
        : "greater_than";
    case "too_big":
      return sizeOrigins.has(issue.origin) ? "too_long" : issue.inclusive ? "less_than_equal" : "less_than";
    case "custom":
      return typeof issue.params?.code === "string" ? issue.params.code : valueErrorCode;
    default:
      return valueErrorCode;
  }
}

/** Texts for issues whose schema brings none. */
function expected(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return typeTexts[issue.expected] ?? `of type ${issue.expected}`;
    case "invalid_value":
      return `one of ${issue.values.join(", ")}`;
    case "invalid_union":
      return "of another form";
    case "too_small":
      if (sizeOrigins.has(issue.origin)) return "a list or text that is not empty";
      return `greater than ${issue.inclusive ? "or equal to " : ""}${issue.minimum}`;
    case "too_big":
      if (sizeOrigins.has(issue.origin)) return `at most ${issue.maximum} long`;
      return `less than ${issue.inclusive ? "or equal to " : ""}${issue.maximum}`;
    case "invalid_format":
      return `a valid ${issue.format}`;
    case "invalid_key":
      return issue.issues[0]?.message;
    case "unrecognized_keys":
      return knownMembers(issue.inst).join(knownSeparator);
    default:
      return undefined;
  }
}

// an issue carries no more than a text, and forgets its schema once that is made
const knownSeparator = ", ";

function knownMembers(schema: unknown): readonly string[] {
  return schema instanceof z.core.$ZodObject ? Object.keys(schema._zod.def.shape) : [];
}

/** A missing discriminator is reported at its own path with the object around it as input. */
function isMissing(issue: z.core.$ZodIssue): boolean {
  if (issue.code === "custom") return false;
  return valueOf(issue) === undefined;
}

function valueOf(issue: z.core.$ZodIssue): unknown {
  if (issue.code !== "invalid_union" || issue.discriminator === undefined) return issue.input;
  return (issue.input as Record<string, unknown> | undefined)?.[issue.discriminator];
}

const sizeOrigins: ReadonlySet<string> = new Set(["array", "string", "set", "map"]);

const typeCodes: Readonly<Record<string, string>> = {
  int: "int_type",
  bigint: "int_type",
  number: "float_type",
  string: "string_type",
  boolean: "bool_type",
  array: "list_type",
  object: "dict_type",
  record: "dict_type",
};

const typeTexts: Readonly<Record<string, string>> = {
  int: integerText,
  bigint: integerText,
  number: "a finite number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};
