import { type Command, Option } from "commander";
import {
  type Calendar,
  type DayStart,
  inspected,
  type InspectedRow,
  type Inspection,
  judgedSeries,
  type MarketHours,
} from "../../core/bars/mod.ts";
import { BacktestError } from "../../core/errors/mod.ts";
import type { WholeCandles } from "../../ports/candle_file.ts";
import { type FileReading, readerPart } from "../../schema/file_reading.ts";
import type { CommandDeps } from "../deps.ts";
import { dayStart, positiveInteger, timeframe } from "../options.ts";
import { addReadingOptions, readingOf, type ReadingOptions } from "../reading_options.ts";
import { shellWord } from "../render/shell_word.ts";
import { warningLines } from "../render/warning_lines.ts";

interface InspectOptions extends ReadingOptions {
  readonly candleTimeframe?: number;
  readonly calendar?: Calendar;
  readonly dayStart?: DayStart;
  readonly market?: number;
  readonly config?: string;
  readonly json?: boolean;
}

/** What `candles inspect` says of one file. */
interface InspectedFile extends Partial<Inspection> {
  readonly file: string;
  /** How it was read; null for the project's own form. */
  readonly format: string | null;
  /** Rows of a time that was there before. */
  readonly duplicates: number;
  /** Columns that rules can read by name. */
  readonly further_columns: readonly string[];
  readonly warnings: readonly string[];
  /** Why an import would refuse it; null where it would not. */
  readonly refused: string | null;
  /** The command that reads the same without a guess. */
  readonly repeat: string;
}

/** `candles inspect`: what files hold, without any server. Exits 1 where an import would refuse one. */
export function addInspectCommand(candles: Command, deps: CommandDeps): void {
  const command = candles.command("inspect")
    .description(
      "Say what candle files hold and what is wrong with them; exits 1 when an import would refuse one",
    )
    .argument("<file...>", "files of any format, folders or patterns; each is a series")
    .option("--candle-timeframe <tf>", "timeframe of the rows; default their spacing", timeframe)
    .addOption(
      new Option("--calendar <kind>", "whether every bar is expected; default the market's")
        .choices(["sessions", "continuous"]),
    )
    .addOption(
      new Option("--day-start <start>", "where days start; default the market's").argParser(dayStart),
    )
    .option("--market <id>", "market whose settings in the config count", positiveInteger);
  addReadingOptions(command)
    .option("--config <file>", "runtime config")
    .option("--json", "print one JSON object a file, each on a line")
    .action((files: readonly string[], options: InspectOptions) => inspectFiles(files, { options, deps }));
}

async function inspectFiles(
  files: readonly string[],
  { options, deps }: { readonly options: InspectOptions; readonly deps: CommandDeps },
): Promise<void> {
  const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
  const market = String(options.market ?? "");
  const reading = readingOf(options, config.markets[market]?.files);
  const calendar = options.calendar ?? config.markets[market]?.calendar ?? "sessions";
  const dayStart = options.dayStart ?? config.markets[market]?.dayStart ?? null;
  const hours = config.markets[market]?.hours;
  for (const [index, file] of files.entries()) {
    const found = await inspectFile(file, { reading, calendar, dayStart, hours, options, deps });
    if (found.refused !== null) deps.setExitCode(1);
    deps.out(options.json ? `${JSON.stringify(found)}\n` : `${index === 0 ? "" : "\n"}${lines(found)}`);
  }
}

interface Task {
  readonly reading: FileReading;
  readonly calendar: Calendar;
  readonly dayStart: DayStart | null;
  readonly hours: MarketHours | undefined;
  readonly options: InspectOptions;
  readonly deps: CommandDeps;
}

async function inspectFile(file: string, task: Task): Promise<InspectedFile> {
  const { reading, calendar, dayStart, hours, options, deps } = task;
  const given = { reading: readerPart(reading), timeframeMs: options.candleTimeframe };
  let refused: string | null = null;
  let content: WholeCandles | null;
  try {
    content = await deps.readCandles(file, given);
  } catch (error) {
    if (!(error instanceof BacktestError)) throw error;
    refused = error.message;
    content = await leniently(file, { ...given, deps });
  }
  const repeat = repeated(file, { options, flags: content?.flags ?? [] });
  if (content === null) {
    return { file, format: null, duplicates: 0, further_columns: [], warnings: [], refused, repeat };
  }
  const { series, guess, place } = content;
  const warnings = [...series.warnings];
  try {
    const judged = judgedSeries(series, {
      badRows: reading.badRows ?? "refuse",
      label: JSON.stringify(file),
      place,
    });
    warnings.push(...judged.warnings.slice(series.warnings.length));
  } catch (error) {
    if (!(error instanceof BacktestError)) throw error;
    refused ??= error.message;
  }
  return {
    file,
    format: guess,
    ...inspected({ series, calendar, hours, dayStart, place }),
    duplicates: content.repeated,
    further_columns: content.further,
    warnings,
    refused,
    repeat,
  };
}

/** What can be said of a file although it is refused: rows that are in no order, or there twice, are taken anyway. */
async function leniently(
  file: string,
  { deps, reading, timeframeMs }: {
    readonly deps: CommandDeps;
    readonly reading: FileReading;
    readonly timeframeMs: number | undefined;
  },
): Promise<WholeCandles | null> {
  try {
    return await deps.readCandles(file, {
      reading: { ...reading, sort: true, duplicates: reading.duplicates ?? "first" },
      timeframeMs,
    });
  } catch (error) {
    if (error instanceof BacktestError) return null;
    throw error;
  }
}

function repeated(
  file: string,
  { options, flags }: { readonly options: InspectOptions; readonly flags: readonly string[] },
): string {
  const given = Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (["json", "config", "market", "calendar", "dayStart", "candleTimeframe"].includes(name)) return [];
    if (value === true) return [flag];
    if (name === "column") {
      return Object.entries(value as Record<string, string>).flatMap((pair) => [flag, pair.join("=")]);
    }
    return [flag, Array.isArray(value) ? value.join(",") : value === "\t" ? "tab" : String(value)];
  });
  // a flag that is told from the file, too, was given
  const told: string[] = [];
  for (let at = 0; at < flags.length; at += 2) {
    const [flag, value] = [flags[at]!, flags[at + 1]!];
    const isGiven = flag === "--column"
      ? given.some((other) => other.startsWith(`${value.split("=")[0]}=`))
      : given.includes(flag);
    if (!isGiven) told.push(flag, value);
  }
  return ["candles", "inspect", file, ...given, ...told].map(shellWord).join(" ");
}

function lines(found: InspectedFile): string {
  const { file, format, refused, warnings, repeat } = found;
  const facts: readonly (readonly [name: string, text: string | undefined])[] = [
    ["format", format ?? undefined],
    ...(found.rows === undefined ? [] : factsOf(found as InspectedFile & Inspection)),
    ["refused", refused ?? undefined],
    ["repeat", repeat],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const text = facts.filter(([, text]) => text !== undefined).map(([name, text]) =>
    `  ${name.padEnd(width)}  ${text}\n`
  );
  return `${file}\n${text.join("")}${warningLines(warnings)}`;
}

/** As rules read them. */
function shownColumns(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `col(${JSON.stringify(name)})`).join(", ");
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}

function factsOf(found: InspectedFile & Inspection): readonly (readonly [string, string | undefined])[] {
  const { gaps, missing_bars: missing, impossible, jumps, partial_last_bar: partial, volume, close } = found;
  const values = Object.entries(found.missing_values).filter(([, count]) => count > 0);
  return [
    ["rows", `${found.rows}, every ${found.spacing}`],
    ["from", `${found.first_bar} to ${found.last_bar}, in UTC`],
    ["gaps", gaps.count === 0 ? "none" : `${gaps.count}, the longest ${gaps.longest}`],
    ...gaps.largest.map(({ from, to, length }) => ["", `${from} to ${to}, ${length}`] as const),
    [
      "missing bars",
      `${missing.count} of a market that is ${
        missing.calendar === "continuous"
          ? "continuous"
          : missing.by_hours
          ? "open in the hours of the config"
          : "open in sessions"
      }`,
    ],
    [
      "missing values",
      values.length === 0 ? undefined : values.map(([name, count]) => `${name} ${count}`).join(", "),
    ],
    ["impossible", impossible.count === 0 ? "none" : `${impossible.count} rows`],
    ...impossible.first.map((row) => ["", rowText(row)] as const),
    ["jumps", jumps.count === 0 ? "none" : `${jumps.count} closes more than 20 % off the one before`],
    ...jumps.largest.map((row) => ["", rowText(row)] as const),
    ["columns", found.further_columns.length === 0 ? undefined : shownColumns(found.further_columns)],
    ["duplicates", found.duplicates === 0 ? "none" : `${found.duplicates} rows`],
    ["last bar", partial.length === 0 ? "whole" : `partial at ${partial.join(" and ")}`],
    [
      "volume",
      volume === null
        ? "none"
        : `${volume.missing} missing, ${volume.zero} zero${volume.equal ? ", all equal" : ""}`,
    ],
    ["close", `${close.sparkline}  ${close.lowest} to ${close.highest}`],
  ];
}

function rowText({ place, ts_open, what }: InspectedRow): string {
  return `${place} ${ts_open} ${what}`.trim();
}
