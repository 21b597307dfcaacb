import { LineCounter, parseDocument } from "yaml";
import { unknownPath, validationError } from "../core/errors/mod.ts";

/** How a YAML file is read. */
export interface YamlOptions {
  /** Name of the file in error texts. */
  readonly path: string;
  /** What was attempted, for error texts: `Cannot use config`. */
  readonly attempt: string;
  /** Gives integers as bigints, so that a schema can tell `60` from `60.0`. */
  readonly integersAsBigInt?: boolean;
}

/** Parses YAML. Throws a `validation_error` of one line that names the file, line and column. */
export function readYamlText(text: string, options: YamlOptions): unknown {
  const lineCounter = new LineCounter();
  const intAsBigInt = options.integersAsBigInt ?? false;
  const document = parseDocument(text, { prettyErrors: false, intAsBigInt, lineCounter });
  // a warning is of what the parser passes over, such as a tag
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) {
    const { line, col } = lineCounter.linePos(fault.pos[0]);
    // the parser went deeper than its stack
    const reason = fault.code === "RESOURCE_EXHAUSTION" ? "it is nested too deep" : fault.message;
    throw unreadable(`${reason} at line ${line} column ${col}${hint(fault)}`, options);
  }
  try {
    return document.toJS();
  } catch (error) {
    // aliases without an anchor, or too many of them
    throw unreadable((error as Error).message, options);
  }
}

/** What was probably meant, where the parser's words do not say it. */
function hint({ code, message }: { readonly code: string; readonly message: string }): string {
  if (code === "TAG_RESOLVE_FAILED") return ": a text that begins with ! needs quotes";
  if (code === "BLOCK_AS_IMPLICIT_KEY") {
    return ': a text with ": " in it needs quotes, and members of one level begin in one column';
  }
  if (code === "UNEXPECTED_TOKEN" && message.includes("at node end")) {
    return ": a text that begins with a quote ends with it, so one with more behind it needs quotes around all";
  }
  return "";
}

function unreadable(reason: string, { attempt, path }: YamlOptions): Error {
  const message = `${attempt} "${path}": ${reason}`;
  return validationError(message, [{ path: unknownPath, code: "yaml_invalid", message }]);
}
