import type { Command } from "commander";
import { parseRequestText } from "../request/parse.ts";
import { runBacktest } from "../usecases/run_backtest.ts";
import type { CliDeps } from "./deps.ts";
import { preselectLine } from "./render/preselect_line.ts";
import { variantTable } from "./render/variant_table.ts";
import { warningLines } from "./render/warning_lines.ts";
import { addSeriesOptions, openSeries, seriesMarket, type SeriesOptions } from "./series_options.ts";

interface BacktestOptions extends SeriesOptions {
  readonly request: string;
  readonly config?: string;
  readonly report?: boolean;
  readonly json?: boolean;
}

/** `backtest`: the synchronous path, without any database. */
export function addBacktestCommand(program: Command, deps: CliDeps): void {
  const command = program.command("backtest")
    .description("Run one sweep over a candle file and print the ranked variants")
    .requiredOption("--request <file>", "request as JSON or YAML; - for stdin");
  addSeriesOptions(command)
    .option("--config <file>", "runtime config")
    .option("--report", "add report, trades and equity to every variant")
    .option("--json", "print the whole answer as JSON")
    .action((options: BacktestOptions) => backtest(options, deps));
}

async function backtest(options: BacktestOptions, deps: CliDeps): Promise<void> {
  const { config, defaults } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
  const parsed = parseRequestText(await deps.readText(options.request), options.request);
  const marketId = "template" in parsed ? parsed.template.instrument_id.market_id : null;
  const candles = openSeries(options, { marketId, config, deps });
  await using compute = deps.openCompute({ threads: config.cpu.max_threads });
  using deadline = deadlineSignal(config.sync.sync_deadline_seconds, deps.stop);
  const answer = await runBacktest(
    { parsed, reports: options.report ? "full" : "configured", signal: deadline.signal },
    {
      candles,
      compute,
      rules: deps.rules,
      defaults,
      config,
      marketOf: seriesMarket(config.markets, options),
    },
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
