import { type Command, Option } from "commander";
import type { Config } from "../config.ts";
import {
  type Calendar,
  type DayStart,
  type Market,
  marketLookup,
  type Markets,
  type MarketWish,
  type PartialLastBar,
} from "../core/bars/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import { readerPart } from "../schema/file_reading.ts";
import type { CliDeps } from "./deps.ts";
import { dayStart, timeframe } from "./options.ts";
import { addReadingOptions, guessLine, readingOf, type ReadingOptions } from "./reading_options.ts";

/** What a command line says about the bars of candle files. */
export interface SeriesOptions extends ReadingOptions {
  readonly candles: string;
  readonly calendar?: Calendar;
  readonly dayStart?: DayStart;
  readonly partialLastBar?: PartialLastBar;
  readonly candleTimeframe?: number;
}

const candlesFlag = ["--candles <path>", "a file of any format, a folder or a pattern of them"] as const;

/** Adds the options by which a command that makes bars of candle files is told what these are. */
export function addSeriesOptions(command: Command): Command {
  return addBarOptions(command.requiredOption(...candlesFlag));
}

/** The same for a command that reads no files where it is named none. */
export function addOptionalSeriesOptions(command: Command): Command {
  return addBarOptions(command.option(...candlesFlag));
}

function addBarOptions(command: Command): Command {
  command
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
  return addReadingOptions(command);
}

/** The candles that a command line names; what was told from them rather than known is said on stderr. */
export function openSeries(
  options: SeriesOptions,
  { marketId, config, deps }: {
    /** Whose `files` of the config count where flags are silent. */
    readonly marketId: number | null;
    readonly config: Config;
    readonly deps: CliDeps;
  },
): CandleSource {
  const reading = readingOf(options, marketId === null ? {} : config.markets[marketId]?.files);
  return deps.openCandles({
    path: options.candles,
    ...(options.candleTimeframe === undefined ? {} : { timeframeMs: options.candleTimeframe }),
    reading: readerPart(reading),
    badRows: reading.badRows ?? config.candles.bad_rows ?? "skip",
    onGuess: (guess) => deps.err(guessLine(options.candles, guess)),
  });
}

/** The config's markets; what a flag says wins. */
export function seriesMarket(markets: Markets, options: MarketWish): (marketId: number) => Market {
  const { calendar, dayStart, partialLastBar } = options;
  return marketLookup(markets, {
    ...(calendar && { calendar }),
    ...(dayStart && { dayStart }),
    ...(partialLastBar && { partialLastBar }),
  });
}
