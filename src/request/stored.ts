import type { z } from "zod";
import { validationError } from "../core/errors/mod.ts";
import type { Job } from "../core/job/mod.ts";
import { shown } from "../core/text/mod.ts";
import { type Finding, readWith } from "../schema/zod_issues.ts";
import { type EffectiveRequest, effectiveRequestSchema, effectiveSavedRequestSchema } from "./body.ts";
import { applyOverrides } from "./overrides.ts";
import { type BacktestTemplate, type EffectiveTemplate, templateSchema } from "./template.ts";
import { withoutBounds } from "./without_bounds.ts";
import { type WithoutNulls, withoutNulls } from "./without_nulls.ts";

// an earlier release may have stored what this one would not accept
const storedRequest = withoutBounds(effectiveRequestSchema);
const storedSavedRequest = withoutBounds(effectiveSavedRequestSchema);
const storedTemplate = withoutBounds(templateSchema);

/**
 * The request of a job, as `resolveRequest` made it; in saved mode from the job's own copy of the strategy, never from
 * the strategy as it is now. Throws a `validation_error` naming the member that is not of the form of a request, and one
 * that this version does not know: it must not be passed over, as the result would not be what was asked for.
 */
export function readStored(
  { mode, requestJson, specPayloadJson }: Pick<Job, "mode" | "requestJson" | "specPayloadJson">,
): EffectiveRequest {
  if (mode === "template") return read(storedRequest, { value: requestJson, root: "" });
  const request = read(storedSavedRequest, { value: requestJson, root: "" });
  const template = readStoredTemplate(specPayloadJson, "spec_payload");
  const { strategy_id: _, overrides, ...frame } = request;
  // what is in force has all members that a template may leave out
  return { ...frame, template: applyOverrides(template, overrides) as EffectiveTemplate };
}

/** A saved strategy's template. Throws as {@link readStored} does, with paths below `root`. */
export function readStoredTemplate(value: unknown, root: string): BacktestTemplate {
  return read(storedTemplate, { value, root });
}

function read<T>(
  schema: z.ZodType<T>,
  { value, root }: { readonly value: unknown; readonly root: string },
): WithoutNulls<T> {
  const reading = readWith(schema, value);
  if (reading.ok) return withoutNulls(reading.value);
  const unknown = reading.findings.filter((finding) => finding.unknown !== undefined);
  throw unknown.length > 0 ? newer(shallowest(unknown), root) : malformed(reading.findings[0]!, root);
}

function shallowest(findings: readonly Finding[]): Finding {
  const depth = ({ path }: Finding) => path.split(".").length;
  return findings.toSorted((a, b) => depth(a) - depth(b) || (a.path < b.path ? -1 : 1))[0]!;
}

function newer({ path }: Finding, root: string): Error {
  const member = below(root, path);
  const message = `${member} is unknown to this version; update the worker`;
  return validationError(`Cannot run a stored request: ${message}`, [
    { path: member, code: "unsupported", message },
  ]);
}

function malformed({ path, expected, value }: Finding, root: string): Error {
  const member = below(root, path);
  const message = `${member || "the request"} must be ${expected}, got ${shown(value)}`;
  return validationError(`Cannot read a stored request: ${message}`, [
    { path: member, code: "value_error", message },
  ]);
}

function below(root: string, path: string): string {
  return [root, path].filter((part) => part !== "").join(".");
}
