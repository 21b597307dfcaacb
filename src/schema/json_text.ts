import { type BacktestError, validationError } from "../core/errors/mod.ts";
import { shown } from "../core/text/mod.ts";
import { duplicateMember } from "./json_duplicates.ts";

/**
 * Parses JSON in which every object has a name once. Throws a `validation_error` of one line that names `label` and the
 * position of the fault.
 */
export function readJsonText(text: string, label: string): unknown {
  const fault = parseFault(text);
  if (fault !== null) {
    throw invalid(label, `${reason(fault)} at ${lineAndColumn(text, position(fault, text))}`);
  }
  const twice = duplicateMember(text);
  if (twice === null) return JSON.parse(text);
  const where = `at ${lineAndColumn(text, twice.offset)}`;
  throw invalid(label, `${shown(twice.path)} is given twice, the second time ${where}`);
}

function invalid(label: string, fault: string): BacktestError {
  const message = `Cannot read "${label}" as JSON: ${fault}`;
  return validationError(message, [{ path: "body", code: "json_invalid", message }]);
}

/** The engine's message, or null when the text is JSON. */
function parseFault(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function reason(fault: string): string {
  const said = fault.replace(/ (in JSON )?at position \d[^]*$/, "").replace(/ of JSON input$/, "");
  const excerpt = said.endsWith('" is not valid JSON') ? said.search(/, (?:\.{3})?"/) : -1;
  return excerpt < 0 ? said : said.slice(0, excerpt);
}

function position(fault: string, text: string): number {
  const told = /at position (\d+)/.exec(fault);
  if (told !== null) return Number(told[1]);
  return unexpectedToken.test(fault) ? tokenPosition(text) : text.length;
}

const unexpectedToken = /^Unexpected token/;

/**
 * V8 does not tell where an unexpected token stands, but no text that ends before it has one: search for the shortest
 * text that does.
 */
function tokenPosition(text: string): number {
  let before = 0;
  let reached = text.length;
  while (reached - before > 1) {
    const middle = (before + reached) >> 1;
    if (unexpectedToken.test(parseFault(text.slice(0, middle)) ?? "")) reached = middle;
    else before = middle;
  }
  return before;
}

function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length} column ${before.at(-1)!.length + 1}`;
}
