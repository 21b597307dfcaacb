import { type EffectiveRequest, readEffectiveRequest } from "../core/effective_request.ts";
import { validationError } from "../core/errors.ts";
import type { Job } from "../core/job.ts";
import { readObject } from "../core/json_reader.ts";

const requestMembers: ReadonlySet<string> = new Set([
  "time_range",
  "template",
  "warmup_bars",
  "top_k",
  "preselect",
  "top_trades_n",
  "ranking",
]);

const templateMembers: ReadonlySet<string> = new Set([
  "instrument_id",
  "timeframe",
  "indicator_grids",
  "signal_grids",
  "risk_grid",
  "direction_mode",
  "sizing_mode",
  "execution",
]);

/**
 * The request of a claimed job. Throws a `validation_error` naming what this version cannot run: a mode or a member that
 * a newer version stored must not be passed over, as the result would not be what was asked for.
 */
export function storedRequest({ mode, requestJson }: Job): EffectiveRequest {
  if (mode !== "template") {
    throw refused("mode", `job mode "${mode}" is not run by this version: only template jobs are`);
  }
  requireKnown(requestJson, { known: requestMembers, path: "" });
  requireKnown(readObject(requestJson.template, "template"), { known: templateMembers, path: "template." });
  return readEffectiveRequest(requestJson);
}

function requireKnown(
  members: Readonly<Record<string, unknown>>,
  { known, path }: { readonly known: ReadonlySet<string>; readonly path: string },
): void {
  const unknown = Object.keys(members).sort().find((name) => !known.has(name));
  if (unknown === undefined) return;
  const member = `${path}${unknown}`;
  throw refused(member, `${member} is unknown to this version; update the worker`);
}

function refused(path: string, message: string): Error {
  return validationError(`Cannot run a stored request: ${message}`, [{ path, code: "unsupported", message }]);
}
