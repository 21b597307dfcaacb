import type { IndicatorGridRequest, RiskGridRequest } from "./request.ts";
import type { EffectiveTemplate } from "./effective.ts";
import {
  oneOf,
  readBoolean,
  readList,
  readNumber,
  readObject,
  readPositiveInteger,
  readText,
  recordOf,
} from "../core/text/mod.ts";
import type { AxisSpec } from "../core/grid/mod.ts";
import { directionModes, type ExecutionSettings, sizingModes } from "../core/execution/mod.ts";
import { type Instrument, timeframes } from "../core/bars/mod.ts";

/** Reads the template of a stored request. Throws a `validation_error` naming the member that is not as stored. */
export function readStoredTemplate(value: unknown, path: string): EffectiveTemplate {
  const members = readObject(value, path);
  const grids = readList(members.indicator_grids, `${path}.indicator_grids`);
  return {
    instrument_id: readInstrument(members.instrument_id, `${path}.instrument_id`),
    timeframe: oneOf(timeframes)(members.timeframe, `${path}.timeframe`),
    indicator_grids: grids.map((grid, index) => readGrid(grid, `${path}.indicator_grids.${index}`)),
    signal_grids: recordOf(recordOf(readAxis))(members.signal_grids, `${path}.signal_grids`),
    ...optional("risk_grid", members.risk_grid, (risk) => readRiskGrid(risk, `${path}.risk_grid`)),
    direction_mode: oneOf(directionModes)(members.direction_mode, `${path}.direction_mode`),
    sizing_mode: oneOf(sizingModes)(members.sizing_mode, `${path}.sizing_mode`),
    execution: readExecution(members.execution, `${path}.execution`),
  };
}

function readInstrument(value: unknown, path: string): Instrument {
  const { market_id, symbol } = readObject(value, path);
  return {
    market_id: readPositiveInteger(market_id, `${path}.market_id`),
    symbol: readText(symbol, `${path}.symbol`),
  };
}

function readGrid(value: unknown, path: string): IndicatorGridRequest {
  const { indicator_id, params, source } = readObject(value, path);
  return {
    indicator_id: readText(indicator_id, `${path}.indicator_id`),
    params: recordOf(readAxis)(params, `${path}.params`),
    ...optional("source", source, (axis) => readAxis(axis, `${path}.source`)),
  };
}

function readRiskGrid(value: unknown, path: string): RiskGridRequest {
  const { sl_enabled, tp_enabled, sl, tp, sl_pct, tp_pct } = readObject(value, path);
  return {
    sl_enabled: readBoolean(sl_enabled, `${path}.sl_enabled`),
    tp_enabled: readBoolean(tp_enabled, `${path}.tp_enabled`),
    ...optional("sl", sl, (axis) => readAxis(axis, `${path}.sl`)),
    ...optional("tp", tp, (axis) => readAxis(axis, `${path}.tp`)),
    ...optional("sl_pct", sl_pct, (pct) => readNumber(pct, `${path}.sl_pct`)),
    ...optional("tp_pct", tp_pct, (pct) => readNumber(pct, `${path}.tp_pct`)),
  };
}

function readExecution(value: unknown, path: string): ExecutionSettings {
  const members = readObject(value, path);
  const number = (name: keyof ExecutionSettings) => readNumber(members[name], `${path}.${name}`);
  return {
    init_cash_quote: number("init_cash_quote"),
    fixed_quote: number("fixed_quote"),
    safe_profit_percent: number("safe_profit_percent"),
    fee_pct: number("fee_pct"),
    slippage_pct: number("slippage_pct"),
  };
}

function readAxis(value: unknown, path: string): AxisSpec {
  const axis = readObject(value, path);
  const mode = oneOf(["explicit", "range"])(axis.mode, `${path}.mode`);
  if (mode === "range") {
    return {
      mode,
      start: readNumber(axis.start, `${path}.start`),
      stop_incl: readNumber(axis.stop_incl, `${path}.stop_incl`),
      step: readNumber(axis.step, `${path}.step`),
    };
  }
  const values = readList(axis.values, `${path}.values`);
  return { mode, values: values.map((entry, index) => readAxisValue(entry, `${path}.values.${index}`)) };
}

function readAxisValue(value: unknown, path: string): number | string {
  return typeof value === "string" ? readText(value, path) : readNumber(value, path);
}

/** A member that is left out where the stored one is missing. */
function optional<K extends string, T>(
  name: K,
  value: unknown,
  read: (value: unknown) => T,
): { readonly [key in K]?: T } {
  return value === undefined ? {} : { [name]: read(value) } as { readonly [key in K]?: T };
}
