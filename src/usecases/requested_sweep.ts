import { validationError } from "../core/errors/mod.ts";
import type { StrategyRepository } from "../ports/strategy_repository.ts";
import type { SentRequest } from "../request/body.ts";
import type { TemplatedRequest } from "../request/effective.ts";
import { specHash } from "../request/hashes.ts";
import { applyOverrides, refuseUnknownParams } from "../request/overrides.ts";
import { parseTemplate } from "../request/parse.ts";
import { readStoredTemplate } from "../request/stored.ts";
import { ownStrategy } from "./own_strategy.ts";

/** Where saved strategies are looked for, and for whom. */
export interface StrategyAccess {
  readonly strategies: StrategyRepository;
  readonly userId: string;
}

/** The copy of a strategy a run was made of. */
export interface StrategySnapshot {
  readonly specHash: string;
  readonly specPayloadJson: Readonly<Record<string, unknown>>;
}

/** A request with its template at hand, wherever that came from. */
export interface RequestedSweep extends TemplatedRequest {
  /** Null in template mode. */
  readonly saved: StrategySnapshot | null;
}

/**
 * Finds the template of a request; in saved mode it is that of the strategy with the overrides applied. Rejects with
 * `not_found` or `forbidden` for the strategy, and with `validation_error` where there are no strategies at all
 * (`access` is null).
 */
export async function requestedSweep(
  request: SentRequest,
  access: StrategyAccess | null,
): Promise<RequestedSweep> {
  if ("template" in request) return { request, template: request.template, saved: null };
  const { strategy_id: strategyId, overrides = {} } = request;
  if (access === null) throw noStrategies(strategyId);
  const { spec } = await ownStrategy(access.strategies, { strategyId, userId: access.userId });
  const saved = readStoredTemplate(spec, "strategy");
  refuseUnknownParams(saved, overrides);
  const template = parseTemplate(applyOverrides(saved, overrides));
  return { request, template, saved: { specHash: specHash(spec), specPayloadJson: spec } };
}

function noStrategies(strategyId: string): Error {
  return validationError("Saved strategies need a database: send a template", [{
    path: "body.strategy_id",
    code: "unsupported",
    message: `strategy_id ${strategyId} cannot be used here: there is no database to find it in`,
  }]);
}
