import { parseRequestText } from "../../src/request/parse.ts";
import type { Trade } from "../../src/core/execution/mod.ts";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { runEngine } from "../oracle/engine.ts";
import { type SideEvents, statesOf } from "../oracle/expressions/state.ts";
import { barsFrom, type PlainBars, plainBars } from "./plain_bars.ts";
import { type PlainSides, plainStrategies } from "./plain_rules.ts";

const root = new URL("../../", import.meta.url);

/** Folder of the strategies, from the project's. */
const strategyFolder = "docs/examples/strategies/";

/** Names of the strategies, without their ending. */
export const strategyNames: readonly string[] = [...Deno.readDirSync(new URL(strategyFolder, root))]
  .map(({ name }) => name.replace(/\.yaml$/, "")).sort();

/** The trade of a report: what the account knows, and when its bars close. */
export interface ReportedTrade extends Trade {
  readonly entry_ts: string;
  readonly exit_ts: string;
}

/** The first row of a strategy's sweep. */
export interface Winner {
  readonly params: Readonly<Record<string, number>>;
  readonly stopPct: number | null;
  readonly trades: readonly ReportedTrade[];
  readonly totalReturnPct: number;
}

/** Text of a strategy, its request, and the candles that its remark names. */
export function strategy(name: string) {
  const path = `${strategyFolder}${name}.yaml`;
  const text = Deno.readTextFileSync(new URL(path, root));
  const request = parseRequestText(text, path);
  if (!("template" in request)) throw new Error(`${path} has no template`);
  const candles = /--candles (\S+)/.exec(text)?.[1];
  if (candles === undefined) throw new Error(`${path} names no candles`);
  return { text, request, args: ["--request", path, "--candles", candles], candles };
}

const lengthsMs: Readonly<Record<string, number>> = { "5m": 300_000, "1h": 3_600_000, "1d": 86_400_000 };

/** The best variant of a strategy, and the bars that it had. */
export interface Found {
  readonly winner: Winner;
  readonly bars: PlainBars;
  readonly warnings: readonly string[];
}

const found = new Map<string, Promise<Found>>();

/** What the engine answers of a strategy; it is asked once. */
export function winnerOf(name: string): Promise<Found> {
  const known = found.get(name) ?? ask(name);
  found.set(name, known);
  return known;
}

async function ask(name: string): Promise<Found> {
  const { request, args, candles } = strategy(name);
  const { code, stdout, stderr } = await runInProcess(["backtest", ...args, "--report", "--json"]);
  if (code !== 0) throw new Error(stderr);
  const { variants: [first], warmup_bars, warnings } = JSON.parse(stdout);
  const all = plainBars(
    Deno.readTextFileSync(new URL(candles, root)),
    lengthsMs[request.template.timeframe]!,
  );
  const inRange = all.openMs.findIndex((ms) => ms >= Date.parse(request.time_range.start));
  return {
    winner: {
      params: first.payload.rule_params,
      stopPct: first.payload.risk_params.sl_pct,
      trades: first.report.trades,
      totalReturnPct: first.total_return_pct,
    },
    bars: barsFrom(all, Math.max(0, inRange - warmup_bars)),
    warnings,
  };
}

/** The trades of a strategy by plain arithmetic, for the parameters and the stop of a variant. */
export function plainTrades(
  name: string,
  { winner: { params, stopPct }, bars }: Pick<Found, "winner" | "bars">,
): ReturnType<typeof runEngine> {
  const { template, time_range } = strategy(name).request;
  const slice = {
    start: bars.closeMs.findIndex((ms) => ms >= Date.parse(time_range.start)),
    stop: bars.closeMs.findLastIndex((ms) => ms < Date.parse(time_range.end)) + 1,
  };
  const states = statesOf(eventsOf(plainStrategies[name]!(bars, params), bars.close.length), slice);
  const { fee_pct, slippage_pct } = template.execution!;
  return runEngine({
    close: bars.close,
    signals: [...bars.close.slice(0, slice.start).map(() => "N" as const), ...states],
    slice,
    directionMode: template.direction_mode ?? "long-short",
    sizingMode: "all_in",
    execution: {
      init_cash_quote: 10_000,
      fixed_quote: 100,
      safe_profit_percent: 30,
      fee_pct: fee_pct!,
      slippage_pct: slippage_pct!,
    },
    risk: { sl_enabled: stopPct !== null, sl_pct: stopPct, tp_enabled: false, tp_pct: null },
  });
}

/** Entries count only where the exit of their side is not true; a side ends by its exit or by the other's entry. */
export function eventsOf({ long, short }: PlainSides, bars: number): SideEvents {
  const of = (side: PlainSides["long"], t: number) => {
    if (side === undefined) return { enters: false, exits: false };
    const exits = side.exit === null ? !side.enter[t] : side.exit[t]!;
    return { enters: side.enter[t]! && !exits, exits };
  };
  const all = Array.from({ length: bars }, (_, t) => ({ l: of(long, t), s: of(short, t) }));
  return {
    L: all.map(({ l }) => l.enters),
    S: all.map(({ s }) => s.enters),
    leaveLong: all.map(({ l, s }) => l.exits || s.enters),
    leaveShort: all.map(({ l, s }) => s.exits || l.enters),
  };
}
