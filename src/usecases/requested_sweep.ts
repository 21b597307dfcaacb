import { parseTemplate } from "../request/template.ts";
import type { ParsedRequest } from "../request/parse.ts";
import { specHash } from "../request/hashes.ts";
import type { SavedSource } from "../request/effective.ts";
import type { BacktestRequest } from "../request/request.ts";
import { applyOverrides } from "../request/overrides.ts";
import { validationError } from "../core/errors/mod.ts";
import type { JsonObject } from "../core/text/mod.ts";
import type { StrategyRepository } from "../ports/strategy_repository.ts";
import { ownStrategy } from "./own_strategy.ts";

/** Where saved strategies are looked for, and for whom. */
export interface StrategyAccess {
  readonly strategies: StrategyRepository;
  readonly userId: string;
}

/** The copy of a strategy a run was made of. */
export interface StrategySnapshot extends SavedSource {
  readonly specHash: string;
  readonly specPayloadJson: JsonObject;
}

/** A request with its template at hand, wherever that came from. */
export interface RequestedSweep {
  readonly request: BacktestRequest;
  readonly sent: JsonObject;
  /** Absent in template mode. */
  readonly saved?: StrategySnapshot;
}

/**
 * Finds the template of a request; in saved mode it is that of the strategy with the overrides applied. Rejects with
 * `not_found` or `forbidden` for the strategy, and with `validation_error` where there are no strategies at all
 * (`access` is null).
 */
export async function requestedSweep(
  parsed: ParsedRequest,
  access: StrategyAccess | null,
): Promise<RequestedSweep> {
  if (parsed.mode === "template") return { request: parsed.request, sent: parsed.sent };
  const { request, sent, strategyId, overrides } = parsed;
  if (access === null) throw noStrategies(strategyId);
  const { spec } = await ownStrategy(access.strategies, { strategyId, userId: access.userId });
  const { template } = parseTemplate(applyOverrides(spec, overrides));
  const saved = { strategyId, overrides, specHash: specHash(spec), specPayloadJson: spec };
  return { request: { ...request, template }, sent, saved };
}

function noStrategies(strategyId: string): Error {
  return validationError("Saved strategies need a database: send a template", [{
    path: "body.strategy_id",
    code: "unsupported",
    message: `strategy_id ${strategyId} cannot be used here: there is no database to find it in`,
  }]);
}
