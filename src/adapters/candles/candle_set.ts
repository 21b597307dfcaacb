import { type Content, fileContent } from "./bytes/content.ts";
import { refuseAliens } from "./bytes/alien.ts";
import { candlePaths } from "./bytes/candle_paths.ts";
import { unpacked } from "./bytes/unpack.ts";
import { ownLimits, type ReadLimits } from "./bytes/unpack_limits.ts";
import { formatOf } from "./formats.ts";
import { utf8Content } from "./text/utf8_content.ts";
import { candleValues, furtherColumnsMax, missingColumn } from "../../core/bars/mod.ts";
import { compareCodePoints, shown } from "../../core/text/mod.ts";
import type { FurtherWish } from "./columns/further_plan.ts";
import { refusal } from "./rows/candle_refusal.ts";
import type { FileFindings } from "./rows/file_findings.ts";
import type { OpenedCandles, OpenOptions } from "./rows/opened_candles.ts";

/** Hardly any row of a text is shorter: a stamp and four prices. */
const shortRowBytes = 24;

/** Files that are read as one series. */
export interface CandleSetOptions extends Omit<OpenOptions, "limits"> {
  /** A file, a folder, or a pattern with `*`; several of them. */
  readonly paths: readonly string[];
  /** What the whole is called in error texts. */
  readonly label: string;
  /** What one of several files is called; its path unless given. */
  readonly nameOf?: ((path: string) => string) | undefined;
  /** {@link ownLimits} unless given. */
  readonly limits?: ReadLimits | undefined;
}

/** Opened files of one series. */
export interface CandleSet {
  readonly label: string;
  /** In order of time as far as that is known beforehand. */
  readonly parts: readonly OpenedCandles[];
  /** Whether the parts follow each other, each from old to new. */
  readonly isInOrder: boolean;
  /** What was told from the files rather than known, in one line; null where nothing was. */
  readonly guess: string | null;
  /** No fewer rows than there are, unless these are odd; 0 where that cannot be told. */
  readonly rowsAbout: number;
  /** Flags that say the same as the guesses. */
  readonly flags: readonly string[];
}

/**
 * Opens all files, whatever they are packed in, and tells their formats. Rejects with a `validation_error` that names a
 * file that holds no candles, and with the errors of the file system.
 */
export async function openCandleSet(
  { paths, label, nameOf = (path) => path, limits = ownLimits, ...options }: CandleSetOptions,
): Promise<CandleSet> {
  const parts: OpenedCandles[] = [];
  const kinds = new Set<string>();
  let rowsAbout = 0;
  const files = await candlePaths(paths);
  const found: { readonly inner: Content; readonly wrappers: readonly string[] }[] = [];
  for (const path of files) {
    const content = fileContent(path, files.length === 1 ? label : nameOf(path));
    const { contents, wrappers } = await unpacked(content, limits);
    for (const inner of contents) found.push({ inner, wrappers });
  }
  const tables = found.filter(({ inner }) => !isDocument(inner.label));
  for (const { inner: given, wrappers } of tables.length === 0 ? found : tables) {
    const first = await given.head(1024);
    refuseAliens(given, first);
    // JSON in UTF-16, as one shell writes what it downloads
    const { content, encoding } = utf8Content(given, first);
    const isWide = encoding?.startsWith("utf-16") && formatOf(await content.head(1024)).name === "JSON";
    const inner = isWide ? content : given;
    const format = formatOf(await inner.head(1024));
    kinds.add([...wrappers, format.name].join(" of "));
    if (inner.path !== null) rowsAbout += (await Deno.stat(inner.path)).size / shortRowBytes;
    parts.push(await format.open(inner, { ...options, limits }));
  }
  if (parts.length === 0) throw refusal({ label }, "there is no file in it");
  parts.sort((a, b) => Math.min(a.firstMs, a.lastMs) - Math.min(b.firstMs, b.lastMs) || 0);
  const guesses = [...new Set(parts.flatMap(({ guesses }) => guesses))];
  const documents = tables.length === 0 ? [] : found.filter(({ inner }) => isDocument(inner.label));
  for (const { inner } of documents.slice(0, 3)) guesses.push(`${shown(nameIn(inner.label))} left out`);
  if (documents.length > 3) guesses.push(`${documents.length - 3} more left out`);
  const isOwn = guesses.length === 0 && parts.length === 1 && [...kinds].every((kind) => !kind.includes(" "));
  // what is packed, or of several files, is told, too
  const count = parts.length === 1 ? "" : `${parts.length} files of `;
  return {
    label,
    parts,
    isInOrder: parts.every(({ firstMs, lastMs }, index) =>
      firstMs <= lastMs && (index === 0 || firstMs > parts[index - 1]!.lastMs)
    ),
    guess: isOwn ? null : `read as ${[`${count}${[...kinds].join(" and ")}`, ...guesses].join("; ")}`,
    rowsAbout,
    flags: [...parts[0]!.flags],
  };
}

/** Whether a file is one that people read beside candles, such as a README in a zip file. */
function isDocument(label: string): boolean {
  return /^(readme|licen[cs]e|notice|changelog|terms|disclaimer)\b|\.(md|pdf|html?|rtf|docx?|nfo|url)$/i.test(
    nameIn(label),
  );
}

function nameIn(label: string): string {
  return label.slice(label.lastIndexOf("/") + 1);
}

/** What was found about all parts. */
export function foundIn({ parts }: CandleSet): Omit<FileFindings, "looksLikeCloses" | "leftOut"> {
  const all = parts.map((part) => part.found());
  return {
    descends: all.some(({ descends }) => descends),
    sawNaive: all.some(({ sawNaive }) => sawNaive),
    strange: strangeOf(all.flatMap(({ strange }) => strange)),
    sawExtraFields: all.some(({ sawExtraFields }) => sawExtraFields),
    footer: all.find(({ footer }) => footer !== null)?.footer ?? null,
  };
}

/** Values of all parts, by column. */
function strangeOf(all: FileFindings["strange"]): FileFindings["strange"] {
  const found = new Map<string, FileFindings["strange"][number]>();
  for (const { name, count, first } of all) {
    const before = found.get(name);
    found.set(
      name,
      before === undefined ? { name, count, first } : { ...before, count: before.count + count },
    );
  }
  return [...found.values()];
}

/** The columns with these names. Throws a `validation_error` where a part lacks one, with those it has. */
export function wantedFurther({ parts }: CandleSet, names: readonly string[]): FurtherWish {
  for (const { label, further } of parts) {
    const missing = names.find((name) => further.columnOf(name) === null);
    if (missing !== undefined) throw missingColumn(missing, { label: shown(label), there: further.names });
  }
  return { names, lenient: false };
}

/** All further columns of a set that a store takes, by name, and those that it does not take. */
export function allFurther(
  { parts }: CandleSet,
): { readonly wish: FurtherWish; readonly leftOut: readonly string[] } {
  const names = [...new Set(parts.flatMap(({ further }) => further.names))].sort(compareCodePoints);
  const own: ReadonlySet<string> = new Set(["ts_open", ...candleValues]);
  const taken = names.filter((name) => !own.has(name)).slice(0, furtherColumnsMax);
  return { wish: { names: taken, lenient: true }, leftOut: names.filter((name) => !taken.includes(name)) };
}
