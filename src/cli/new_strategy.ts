import type { Command } from "commander";
import { validationError } from "../core/errors/mod.ts";
import type { CommandDeps } from "./deps.ts";

/** Where new strategies are written, below the folder the command runs in. */
const folder = "strategies";

const candles = "docs/examples/sp500-daily.csv";

/** `new-strategy`: a first request with rules to change, which runs as it is. */
export function addNewStrategyCommand(program: Command, deps: CommandDeps): void {
  program.command("new-strategy")
    .description(`Write a commented strategy to ${folder}/<name>.yaml, to run at once and to change`)
    .argument("<name>", "small letters, digits, - and _")
    .action((name: string) => newStrategy(name, deps));
}

async function newStrategy(name: string, deps: CommandDeps): Promise<void> {
  if (!namePattern.test(name)) throw badName(name);
  const path = `${folder}/${name}.yaml`;
  await deps.writeNewFile(path, { bytes: new TextEncoder().encode(template(name, path)), makeFolder: true });
  deps.out(`Wrote ${path}. It runs as it is:\n  ${runLine(path)}\n`);
  deps.out(`What it means, and what is wrong with it after a change:\n  deno task rules check ${path}\n`);
  const explain = `deno task rules explain ${path} --candles ${candles} --bar 2009-06-01`;
  deps.out(`What every part of it is on a bar, and what is held there:\n  ${explain}\n`);
}

const namePattern = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** What a name would be without what it may not have; an ending is left out. */
function badName(name: string) {
  const parts = name.slice(0, 200).toLowerCase().replace(/\.(ya?ml|json)$/, "").split(/[^a-z0-9_]/);
  const likely = parts.filter((part) => part !== "").join("-").slice(0, 64);
  const hint = namePattern.test(likely) ? `; for example "${likely}"` : "";
  const rule = "small letters, digits, - and _, at most 64, and the first is a letter or a digit";
  const message = `Cannot name a strategy "${name.slice(0, 200)}": a name has ${rule}${hint}`;
  return validationError(message, [{ path: "name", code: "value_error", message }]);
}

function runLine(path: string): string {
  return `deno task backtest --request ${path} --candles ${candles}`;
}

function template(name: string, path: string): string {
  return `# ${name}: say here in a sentence what it does, and where it is from.
#
#   check it:  deno task rules check ${path}
#   run it:    ${runLine(path)}
#
# What may be written: docs/rules.md. Strategies to take parts from: docs/strategies.md.

# A bar belongs to the range when it closes in it. Bars before it warm the indicators up.
time_range: { start: "2005-01-01", end: "2015-01-01" }

template:
  # Market 100 is in no config: it has sessions, so days without a row are no bars, and needs a fee below.
  instrument_id: { market_id: 100, symbol: SP500 }
  timeframe: 1d # 15m, 4h, 3d, 1w, 1M, ...; candles may be finer

  rules:
    # What is swept: every combination is a variant. Leave params out to run one.
    params:
      fast: { mode: range, start: 10, stop_incl: 50, step: 10 }
      slow: { mode: explicit, values: [100, 150, 200] }
      level: { mode: explicit, values: [50, 55] }

    # Combinations that make no sense are no variants.
    where: ["fast < slow"]

    # Names for what is used more than once. Each must be used.
    define:
      quick: ema(close, fast)
      trend: ema(close, slow)

    # An entry is made on the close of a bar on which "enter" is true and "exit" is not.
    # Without "exit" a side is held while "enter" is true; exit: "false" leaves the end to a stop or the other side.
    long:
      enter: crosses_above(quick, trend) and rsi(close, 14) > level
      exit: crosses_below(quick, trend)

    # The other side, where there is one. A bar on which both are entered says nothing.
    # short:
    #   enter: crosses_below(quick, trend)
    #   exit: crosses_above(quick, trend)

  # Stops and targets in percent of the entry's fill, each with every variant. Leave risk_grid out for none.
  risk_grid:
    sl: { mode: explicit, values: [5, 10] }
    # tp: { mode: explicit, values: [10, 20] }

  # Costs in percent of each fill: 0.02 is 0.02 %.
  execution: { fee_pct: 0.02, slippage_pct: 0.01 }

# Rows of the result, best first.
top_k: 10
`;
}
