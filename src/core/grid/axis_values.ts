import { type BacktestError, refusal } from "../errors/mod.ts";
import { type DecimalRange, isIntegerRange, rangeLength, rangeValues } from "../numbers/mod.ts";
import type { Axis, AxisKind, AxisSpec } from "./axis.ts";

/** The longest range that is spelled out. */
const rangeValuesMax = 1_000_000;

/** What the values of an axis must obey, and how a refusal names them. */
export interface AxisRules {
  readonly name: string;
  readonly kind: AxisKind;
  /** Hard bounds of every value. */
  readonly min?: number;
  readonly max?: number;
  /** Ranges keep to `min + k * step`; explicit values need not. */
  readonly step?: number;
  /** Allowed values of a `source` axis. */
  readonly sources?: readonly string[];
  /** Values count bars back, whatever their sign: integers other than 0. */
  readonly lag?: boolean;
  /** Whose axis it is, in front of every message: an indicator id or `risk_grid`. */
  readonly owner: string;
  /** Dotted path of the axis in the input. */
  readonly path: string;
}

/**
 * Spells out the values of an axis in the order the request gives them.
 *
 * Ranges of three integers give integers, all others are counted in exact decimals and give floats. Throws
 * `validation_error` with one item at `rules.path`.
 */
export function materializeAxis(spec: AxisSpec, rules: AxisRules): Axis {
  axisLength(spec, rules);
  if (rules.kind === "source") return sourceAxis(spec, rules);
  const values = spec.mode === "range" ? rangeValues(spec) : spec.values as readonly number[];
  checkDistinct(values, { sorted: spec.mode === "range", rules });
  checkBounds(values, rules);
  if (rules.lag) checkLags(values, rules);
  if (spec.mode === "range") checkHardStep(spec, { values, rules });
  const asTyped = spec.mode === "range"
    ? Array<boolean>(values.length).fill(isIntegerRange(spec))
    : values.map(Number.isInteger);
  return { name: rules.name, kind: rules.kind, values, integral: integralFlags(asTyped, { values, rules }) };
}

/** Number of values of an axis without spelling them out; throws like {@link materializeAxis}. */
export function axisLength(spec: AxisSpec, rules: AxisRules): number {
  if (spec.mode === "range") return checkedRangeLength(spec, rules);
  if (spec.values.length === 0) throw problem(rules, { code: "value_error", text: "must not be empty" });
  const type = rules.kind === "source" ? "string" : "number";
  for (const value of spec.values) {
    if (typeof value === type && (type === "string" || Number.isFinite(value))) continue;
    throw problem(rules, {
      code: type === "string" ? "string_type" : "float_type",
      text: `expects ${type === "string" ? "source names" : "finite numbers"}, got ${show(value)}`,
    });
  }
  return spec.values.length;
}

function checkedRangeLength(range: DecimalRange, rules: AxisRules): number {
  if (rules.kind === "source") {
    throw problem(rules, { code: "value_error", text: "expects explicit source names, got a range" });
  }
  const { start, stop_incl: stop, step } = range;
  for (const [field, value] of Object.entries({ start, stop_incl: stop, step })) {
    if (Number.isFinite(value)) continue;
    throw problem(rules, { code: "float_type", text: `expects a finite ${field}, got ${show(value)}` });
  }
  if (step <= 0) throw problem(rules, { code: "greater_than", text: `expects step > 0, got ${step}` });
  if (start > stop) {
    throw problem(rules, { code: "value_error", text: `expects start <= stop_incl, got ${start} > ${stop}` });
  }
  const length = rangeLength(range);
  if (length <= BigInt(rangeValuesMax)) return Number(length);
  throw problem(rules, {
    code: "value_error",
    text: `has ${length > 10n ** 20n ? "over 1e20" : length} values, at most ${rangeValuesMax} are allowed`,
  });
}

function sourceAxis(spec: AxisSpec, rules: AxisRules): Axis {
  const values = (spec as { readonly values: readonly string[] }).values;
  checkDistinct(values, { sorted: false, rules });
  for (const value of values) {
    if (rules.sources === undefined || rules.sources.includes(value)) continue;
    const allowed = rules.sources.join(", ");
    throw problem(rules, { code: "literal_error", text: `does not allow ${show(value)}, only ${allowed}` });
  }
  return { name: rules.name, kind: "source", values, integral: values.map(() => false) };
}

function checkDistinct(
  values: readonly (number | string)[],
  options: { readonly sorted: boolean; readonly rules: AxisRules },
): void {
  const { sorted, rules } = options;
  // A set takes 1 and 1.0, 0 and -0 as the same. A range repeats when its step is below a double's resolution.
  const seen = new Set<number | string>();
  const repeated = sorted
    ? values.find((value, i) => i > 0 && value === values[i - 1])
    : values.find((value) => seen.has(value) || !seen.add(value));
  if (repeated === undefined) return;
  throw problem(rules, { code: "value_error", text: `expects unique values, got ${show(repeated)} twice` });
}

function checkBounds(values: readonly number[], rules: AxisRules): void {
  const { min = -Infinity, max = Infinity } = rules;
  for (const value of values) {
    if (value < min) {
      throw problem(rules, { code: "greater_than_equal", text: `expects values >= ${min}, got ${value}` });
    }
    if (value > max) {
      throw problem(rules, { code: "less_than_equal", text: `expects values <= ${max}, got ${value}` });
    }
  }
}

function checkLags(values: readonly number[], rules: AxisRules): void {
  const wrong = values.find((value) => !Number.isInteger(value) || value === 0);
  if (wrong === undefined) return;
  throw problem(rules, { code: "int_type", text: `expects integers other than 0, got ${wrong}` });
}

/** A range, unlike a list, must stay on the grid `min + k * step` of its parameter. */
function checkHardStep(range: DecimalRange, axis: { values: readonly number[]; rules: AxisRules }): void {
  const { min, step } = axis.rules;
  if (min === undefined || step === undefined) return;
  if (!isWhole(range.step / step)) {
    const text = `expects a step that is a multiple of ${step}, got ${range.step}`;
    throw problem(axis.rules, { code: "multiple_of", text });
  }
  for (const value of axis.values) {
    if (isWhole((value - min) / step)) continue;
    const text = `expects values on the grid ${min} + k * ${step}, got ${value}`;
    throw problem(axis.rules, { code: "multiple_of", text });
  }
}

function isWhole(ratio: number): boolean {
  return Math.abs(ratio - Math.round(ratio)) <= 1e-9;
}

/** Parameters have the type of their definition, signal values the type they were written with. */
function integralFlags(
  asTyped: readonly boolean[],
  axis: { values: readonly number[]; rules: AxisRules },
): readonly boolean[] {
  if (axis.rules.kind === "float") return asTyped.map(() => false);
  const fractional = asTyped.indexOf(false);
  if (axis.rules.kind === "int" && fractional >= 0) {
    const text = `expects integer values, got ${pythonLike(axis.values[fractional]!)}`;
    throw problem(axis.rules, { code: "int_type", text });
  }
  return asTyped;
}

/** A fractional range holds floats only, so its 3 is shown as 3.0. */
function pythonLike(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : `${value}`;
}

function show(value: unknown): string {
  return typeof value === "number" ? `${value}` : JSON.stringify(value) ?? "nothing";
}

function problem(rules: AxisRules, finding: { readonly code: string; readonly text: string }): BacktestError {
  const message = `${rules.owner}: axis '${rules.name}' ${finding.text}`;
  return refusal([{ path: rules.path, code: finding.code, message }]);
}
