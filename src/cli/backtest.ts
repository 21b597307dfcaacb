import { parseRequestText } from "../request/parse.ts";
import { type Command, Option } from "commander";
import {
  type Calendar,
  type DayStart,
  type Market,
  marketLookup,
  type Markets,
  type PartialLastBar,
} from "../core/bars/mod.ts";
import { runBacktest } from "../usecases/run_backtest.ts";
import type { CliDeps } from "./deps.ts";
import { dayStart, timeframe } from "./options.ts";
import { readerPart } from "../schema/file_reading.ts";
import { addReadingOptions, guessLine, readingOf, type ReadingOptions } from "./reading_options.ts";
import { preselectLine } from "./render/preselect_line.ts";
import { variantTable } from "./render/variant_table.ts";
import { warningLines } from "./render/warning_lines.ts";

interface BacktestOptions extends ReadingOptions {
  readonly request: string;
  readonly candles: string;
  readonly calendar?: Calendar;
  readonly dayStart?: DayStart;
  readonly partialLastBar?: PartialLastBar;
  readonly candleTimeframe?: number;
  readonly config?: string;
  readonly report?: boolean;
  readonly json?: boolean;
}

/** `backtest`: the synchronous path, without any database. */
export function addBacktestCommand(program: Command, deps: CliDeps): void {
  const command = program.command("backtest")
    .description("Run one sweep over a candle file and print the ranked variants")
    .requiredOption("--request <file>", "request as JSON or YAML; - for stdin")
    .requiredOption("--candles <path>", "a file of any format, a folder or a pattern of them")
    .addOption(
      new Option(
        "--calendar <kind>",
        "what an empty bucket means: no bar, or the last close repeated; default the market's",
      )
        .choices(["sessions", "continuous"]),
    )
    .addOption(
      new Option("--day-start <start>", "where days and bars of an hour or more start; default the market's")
        .argParser(dayStart),
    )
    .addOption(
      new Option(
        "--partial-last-bar <what>",
        "a last bar that range or file end inside of; default the market's",
      )
        .choices(["skip", "trade"]),
    )
    .option("--candle-timeframe <tf>", "timeframe of the file; default its spacing", timeframe);
  addReadingOptions(command)
    .option("--config <file>", "runtime config")
    .option("--report", "add report, trades and equity to every variant")
    .option("--json", "print the whole answer as JSON")
    .action((options: BacktestOptions) => backtest(options, deps));
}

async function backtest(options: BacktestOptions, deps: CliDeps): Promise<void> {
  const { config, defaults } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
  const parsed = parseRequestText(await deps.readText(options.request), options.request);
  const reading = readingOf(
    options,
    "template" in parsed ? config.candles.files[parsed.template.instrument_id.market_id] : {},
  );
  const candles = deps.openCandles({
    path: options.candles,
    ...(options.candleTimeframe === undefined ? {} : { timeframeMs: options.candleTimeframe }),
    reading: readerPart(reading),
    badRows: reading.badRows ?? config.candles.badRows ?? "skip",
    onGuess: (guess) => deps.err(guessLine(options.candles, guess)),
  });
  await using compute = deps.openCompute({ threads: config.cpu.maxThreads });
  using deadline = deadlineSignal(config.sync.deadlineSeconds, deps.stop);
  const answer = await runBacktest(
    { parsed, reports: options.report ? "full" : "configured", signal: deadline.signal },
    { candles, compute, defaults, config, marketOf: marketOf(config.markets, options) },
  );
  if (options.json) {
    deps.out(`${JSON.stringify(answer)}\n`);
    return;
  }
  const rows = answer.variants.map((variant, i) => ({ ...variant, rank: i + 1 }));
  deps.out(`${variantTable(rows, { rankedBy: answer.ranked_by })}\n`);
  deps.out(preselectLine(answer.missed_by_default_preselect));
  deps.out(warningLines(answer.warnings));
  if (options.report) {
    for (const { report } of answer.variants.slice(0, 1)) deps.out(`\n${report?.table_md}\n`);
  }
}

/** The config's markets; what a flag says wins. */
function marketOf(
  markets: Markets,
  { calendar, dayStart, partialLastBar }: BacktestOptions,
): (marketId: number) => Market {
  const lookUp = marketLookup(markets);
  return (marketId) => {
    const market = lookUp(marketId);
    return {
      ...market,
      calendar: calendar ?? market.calendar,
      dayStart: dayStart ?? market.dayStart,
      partialLastBar: partialLastBar ?? market.partialLastBar,
    };
  };
}

function deadlineSignal(seconds: number, stop: AbortSignal): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const abort = (reason: string) => () => controller.abort(reason);
  const timer = setTimeout(abort("deadline_exceeded"), Math.min(seconds * 1000, 2 ** 31 - 1));
  stop.addEventListener("abort", abort("interrupted"), { once: true, signal: controller.signal });
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
