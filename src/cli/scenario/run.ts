import { type Command, Option } from "commander";
import type { Config } from "../../config.ts";
import { BacktestError, findingsOf, validationError } from "../../core/errors/mod.ts";
import { scenarioErrorText, type ScenarioResult } from "../../core/scenario/mod.ts";
import type { CandleSource } from "../../ports/candle_source.ts";
import { scenarioBody, type ScenarioRequest } from "../../request/scenario.ts";
import { workOutScenario } from "../../usecases/work_out_scenario.ts";
import { scenarioCsv } from "../../usecases/scenario_csv.ts";
import type { CliDeps } from "../deps.ts";
import { positiveInteger } from "../options.ts";
import { readingOf } from "../reading_options.ts";
import { scenarioReport } from "../render/scenario_tables.ts";
import { warningLines } from "../render/warning_lines.ts";
import { addOptionalSeriesOptions, openSeries, seriesMarket, type SeriesOptions } from "../series_options.ts";

/** Options that are members of a request, by their names in code, with the paths of these. */
const members = {
  symbol: ["symbol", "--symbol <s>", "what the loan is against"],
  start: ["start_date", "--start <date>", "first day, such as 2007-06-01"],
  end: ["end_date", "--end <date>", "last day, included"],
  units: ["underlying_units", "--units <n>", "units of it that are pledged"],
  loan: ["loan_amount", "--loan <amount>", "what was borrowed"],
  call: ["margin_call_ltv", "--call <ltv>", "loan to value at which the lender calls, such as 0.75"],
  template: ["template_slug", "--template <slug>", "the hedge; scenario templates lists them"],
  compare: ["compare_with", "--compare <slug...>", "further hedges to work out"],
  contractSize: ["contract_size", "--contract-size <n>", "units per contract; default 100"],
  volatility: [
    "pricing.volatility",
    "--volatility <v>",
    "yearly fraction that puts are priced with, or realized; default the config's",
  ],
  rate: ["pricing.risk_free_rate", "--rate <r>", "continuous yearly fraction; default 0.04"],
  dividend: ["pricing.dividend_yield", "--dividend <q>", "the same of what the underlying pays; default 0"],
  loanRate: [
    "loan_rate_pct",
    "--loan-rate <pct>",
    "simple interest on the loan in percent a year; default 0",
  ],
  check: ["check", "--check <price>", "close or low: which price of a day decides; default close"],
} as const;

type Member = keyof typeof members;

const required: readonly Member[] = ["symbol", "start", "end", "units", "loan", "call", "template"];

interface RunOptions extends Partial<SeriesOptions>, Partial<Record<Exclude<Member, "compare">, string>> {
  readonly compare?: readonly string[];
  readonly market?: number;
  readonly config?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** `scenario run`: one scenario over a candle file or the usual candles, without a server or database. */
export function addRunCommand(scenario: Command, deps: CliDeps): void {
  const command = scenario.command("run")
    .description("Work one scenario out and print its figures, its calls and both lines of loan to value");
  addOptionalSeriesOptions(command)
    .option(
      "--market <id>",
      "its settings in the config count; without --candles its usual candles are read",
      positiveInteger,
    );
  for (const [name, [, flag, help]] of Object.entries(members)) {
    const option = new Option(flag, help);
    command.addOption(required.includes(name as Member) ? option.makeOptionMandatory() : option);
  }
  command
    .option("--config <file>", "runtime config")
    .addOption(new Option("--json", "print the whole result as JSON").conflicts("csv"))
    .option("--csv", "print every day of every hedge as CSV")
    .action((options: RunOptions) => run(options, deps));
}

async function run(options: RunOptions, deps: CliDeps): Promise<void> {
  const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
  const request = requestOf(options, config);
  // a file without a market is that of none that the config knows
  const markets = options.market === undefined ? {} : config.markets;
  const result = await workOut(request, {
    candles: candlesOf(options, { config, deps }),
    marketOf: seriesMarket(markets, options),
    signal: deps.stop,
    userId: deps.userId,
    scenarioId: deps.newId(),
    bounds: config.scenarios,
  });
  deps.err(warningLines(result.warnings));
  if (options.json) deps.out(`${JSON.stringify(result)}\n`);
  else deps.out(options.csv ? scenarioCsv(result) : scenarioReport(result));
}

/** Errors read as they do on the page of a workspace. */
async function workOut(...given: Parameters<typeof workOutScenario>): Promise<ScenarioResult> {
  try {
    return await workOutScenario(...given);
  } catch (error) {
    if (!(error instanceof BacktestError)) throw error;
    throw new BacktestError(error.code, scenarioErrorText(error), { cause: error });
  }
}

function requestOf(options: RunOptions, { scenarios }: Config): ScenarioRequest {
  const flat = Object.entries(members).flatMap(([name, [path]]) => {
    const text = options[name as Member];
    return text === undefined ? [] : [[path, typeof text === "string" ? valueOf(path, text) : text] as const];
  });
  const nested = (part: string) =>
    Object.fromEntries(
      flat.filter(([path]) => path.startsWith(part)).map(([path, value]) => [path.slice(part.length), value]),
    );
  const body = {
    ...Object.fromEntries(flat.filter(([path]) => !path.includes("."))),
    pricing: nested("pricing."),
    market_id: options.market ?? 1,
  };
  try {
    return scenarioBody(scenarios).read(body);
  } catch (error) {
    throw error instanceof BacktestError ? ofOptions(error) : error;
  }
}

const texts: ReadonlySet<string> = new Set(["symbol", "start_date", "end_date", "template_slug", "check"]);
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** What is no number stays a text, which the request then refuses. */
function valueOf(path: string, text: string): string | number {
  return !texts.has(path) && decimal.test(text) ? Number(text) : text;
}

/** The findings of a request, by the options that they are about. */
function ofOptions(error: BacktestError): BacktestError {
  const flagOf = (path: string) => {
    const [, flag] =
      Object.values(members).find(([member]) =>
        path === `body.${member}` || path.startsWith(`body.${member}.`)
      ) ?? [];
    return flag?.split(" ")[0] ?? (path === "body.market_id" ? "--market" : path);
  };
  const items = findingsOf(error).items.map((item) => ({ ...item, path: flagOf(item.path) }));
  const [first] = items;
  const more = items.length > 1 ? ` (and ${items.length - 1} more)` : "";
  return validationError(`Cannot run the scenario: ${first!.path}: ${first!.message}${more}`, items);
}

function candlesOf(
  options: RunOptions,
  { config, deps }: { readonly config: Config; readonly deps: CliDeps },
): CandleSource {
  const { candles, market } = options;
  if (candles !== undefined) {
    return openSeries({ ...options, candles }, { marketId: market ?? null, config, deps });
  }
  if (market === undefined) {
    throw misused("--candles names a file, or --market one of the config's markets whose candles are read");
  }
  const ofFiles = Object.keys(readingOf(options as SeriesOptions));
  if (options.candleTimeframe !== undefined) ofFiles.push("candleTimeframe");
  if (ofFiles.length > 0) {
    const [first] = ofFiles.map((name) =>
      `--${name.replace(/_/g, "-").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    );
    throw misused(
      `${first} is for the file of --candles; markets.${market}.files of the config says how others are read`,
    );
  }
  return deps.openUsualCandles(config);
}

function misused(message: string): BacktestError {
  return validationError(`Cannot run the scenario: ${message}`, [{
    path: "--candles",
    code: "value_error",
    message,
  }]);
}
