import { readObject } from "../core/text/mod.ts";
import { overridableMembers } from "./overrides.ts";
import { type EffectiveRequest, readEffectiveRequest } from "./effective.ts";
import type { Job } from "../core/job/mod.ts";
import { validationError } from "../core/errors/mod.ts";

const requestMembers: readonly string[] = [
  "time_range",
  "warmup_bars",
  "top_k",
  "preselect",
  "top_trades_n",
  "ranking",
  "days_per_year",
  "fold_equal",
];
const templateRequestMembers: ReadonlySet<string> = new Set([...requestMembers, "template"]);
const savedRequestMembers: ReadonlySet<string> = new Set([...requestMembers, "strategy_id", "overrides"]);
const overridesMembers: ReadonlySet<string> = new Set(overridableMembers);

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
 * The request of a claimed job; in saved mode from the job's own copy of the strategy, never from the strategy as it is
 * now. Throws a `validation_error` naming what this version cannot run: a member that a newer version stored must not be passed over, as the result would not be what was asked for.
 */
export function storedRequest({ mode, requestJson, specPayloadJson }: Job): EffectiveRequest {
  if (mode === "template") {
    requireKnown(requestJson, { known: templateRequestMembers, path: "" });
    requireKnown(readObject(requestJson.template, "template"), { known: templateMembers, path: "template." });
    return readEffectiveRequest(requestJson);
  }
  const overrides = readObject(requestJson.overrides, "overrides");
  const spec = readObject(specPayloadJson, "spec_payload");
  requireKnown(requestJson, { known: savedRequestMembers, path: "" });
  requireKnown(overrides, { known: overridesMembers, path: "overrides." });
  requireKnown(spec, { known: templateMembers, path: "spec_payload." });
  return readEffectiveRequest(requestJson, spec);
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
