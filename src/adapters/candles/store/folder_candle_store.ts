import { join } from "node:path";
import {
  candleValues,
  type ExactCandles,
  furtherColumnsMax,
  type Instrument,
  spacingText,
} from "../../../core/bars/mod.ts";
import { validationError } from "../../../core/errors/mod.ts";
import { compareCodePoints, formatTimestamp } from "../../../core/text/mod.ts";
import type {
  CandleOrigin,
  CandleStore,
  CandlesToStore,
  HandFile,
  StoredInstrument,
  StoredRows,
} from "../../../ports/candle_store.ts";
import { fileContent } from "../bytes/content.ts";
import type { CellTable } from "../table/cell_table.ts";
import { StoredCandleFile } from "../candle_file.ts";
import { handFiles } from "./hand_files.ts";
import { mergeRows } from "./merge_rows.ts";
import { ParquetRows } from "./parquet_rows.ts";
import { instrumentPath, storedAs, storedName } from "./store_paths.ts";

/** How much a folder may hold. */
export interface FolderQuota {
  readonly bytesMax: number;
  /** Instruments, each timeframe by itself. */
  readonly filesMax: number;
}

const anyRow = { everyMs: 1, startMs: -(2 ** 45), endMs: 2 ** 45, required: [], further: "all" } as const;

/**
 * Parquet files `<directory>/<market_id>/<SYMBOL>.<timeframe>.parquet`, one for each instrument and timeframe, with a file
 * `<SYMBOL>.<timeframe>.sources.json` beside it. A file is written beside its place and put there when it is whole, so a
 * reader sees the rows before or those after; imports wait for each other.
 */
export class FolderCandleStore implements CandleStore {
  readonly #directory: string;
  readonly #quota: FolderQuota | null;

  constructor(directory: string, quota: FolderQuota | null = null) {
    this.#directory = directory;
    this.#quota = quota;
  }

  get name(): string {
    return this.#directory;
  }

  async merge(
    { instrument, timeframeMs, rows, further, origin }: CandlesToStore,
    { dryRun = false, signal }: { readonly dryRun?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<StoredRows> {
    const market = join(this.#directory, instrumentPath(instrument).split("/")[0]!);
    const path = join(market, storedName(instrument, timeframeMs));
    const before = () => storedRows(path, signal);
    if (dryRun) {
      return await mergeRows({ before: before(), rows }, () => {
        signal?.throwIfAborted();
        return undefined;
      });
    }
    await Deno.mkdir(market, { recursive: true });
    await using _lock = await this.#locked(market);
    const partial = join(market, `.${storedName(instrument, timeframeMs)}.partial`);
    try {
      const stored = await furtherAt(path);
      const all = joined(stored, further);
      const counts = await this.#write(partial, { before: before(), rows, further: all, signal });
      if (counts.inserted + counts.replaced > 0 || all.length > stored.length) {
        if (this.#quota !== null) {
          await requireWithin(this.#quota, { directory: this.#directory, partial, path });
        }
        await Deno.rename(partial, path);
      }
      await addOrigin(path, origin);
      return counts;
    } finally {
      await Deno.remove(partial).catch(() => {});
    }
  }

  async remove(
    instrument: Instrument,
    { timeframeMs }: { readonly timeframeMs?: number | undefined } = {},
  ): Promise<readonly string[]> {
    const market = join(this.#directory, instrumentPath(instrument).split("/")[0]!);
    const isMeant = (name: string) => {
      const as = storedAs(name);
      return as?.symbol === instrument.symbol && (timeframeMs ?? as.timeframeMs) === as.timeframeMs;
    };
    if (!(await namesIn(market)).some(isMeant)) return [];
    await using _lock = await this.#locked(market);
    const names = (await namesIn(market)).filter(isMeant);
    for (const name of names) {
      await Deno.remove(join(market, name));
      await Deno.remove(originsPath(join(market, name))).catch(() => {});
    }
    return names.map((name) => storedAs(name)!.timeframeMs).sort((a, b) => a - b).map(spacingText);
  }

  /** Waits until nobody else writes: into the market, or with a quota into any. */
  async #locked(market: string): Promise<AsyncDisposable> {
    const folder = this.#quota === null ? market : this.#directory;
    const file = await Deno.open(join(folder, ".lock"), { write: true, create: true });
    try {
      await file.lock(true);
    } catch (error) {
      file.close();
      throw error;
    }
    return {
      async [Symbol.asyncDispose]() {
        await file.unlock();
        file.close();
      },
    };
  }

  async list(): Promise<readonly StoredInstrument[]> {
    const found: StoredInstrument[] = [];
    for (const market of (await namesIn(this.#directory)).filter(isMarket)) {
      for (const name of await namesIn(join(this.#directory, market))) {
        const as = storedAs(name);
        if (as === null) continue;
        const path = join(this.#directory, market, name);
        found.push({
          instrument: { market_id: Number(market), symbol: as.symbol },
          timeframe: spacingText(as.timeframeMs),
          ...await extentOf(path),
          origins: await originsOf(path),
        });
      }
    }
    return found;
  }

  async byHand(): Promise<readonly HandFile[]> {
    const found: HandFile[] = [];
    for (const market of (await namesIn(this.#directory)).filter(isMarket)) {
      found.push(...handFiles(market, await Array.fromAsync(Deno.readDir(join(this.#directory, market)))));
    }
    return found;
  }

  async #write(
    partial: string,
    { before, rows, further, signal }: {
      readonly before: AsyncIterable<ExactCandles>;
      readonly rows: AsyncIterable<ExactCandles>;
      readonly further: readonly string[];
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<StoredRows> {
    using file = await Deno.open(partial, { write: true, create: true, truncate: true });
    const written = new ParquetRows(file, further);
    const counts = await mergeRows({ before, rows }, (taken, replaced) => {
      signal?.throwIfAborted();
      return written.add(taken, replaced);
    });
    await written.finish();
    return counts;
  }
}

async function requireWithin(
  { bytesMax, filesMax }: FolderQuota,
  { directory, partial, path }: {
    readonly directory: string;
    readonly partial: string;
    readonly path: string;
  },
): Promise<void> {
  let [bytes, files] = [(await Deno.stat(partial)).size, 1];
  for (const { path: other, size } of await filesOfStore(directory)) {
    if (other === path) continue;
    bytes += size;
    files += 1;
  }
  const over = bytes > bytesMax
    ? `they would take ${bytes} bytes, ${bytesMax} are allowed`
    : files > filesMax
    ? `they would be ${files} files, ${filesMax} are allowed`
    : null;
  if (over === null) return;
  const message = `Cannot keep the candles: ${over}; delete some first`;
  throw validationError(message, [{ path: "candles", code: "storage_quota_exceeded", message }]);
}

/** What a folder holds, with its sizes. */
export async function filesOfStore(
  directory: string,
): Promise<readonly { readonly path: string; readonly size: number }[]> {
  const files: { readonly path: string; readonly size: number }[] = [];
  for (const market of (await namesIn(directory)).filter(isMarket)) {
    for (const name of await namesIn(join(directory, market))) {
      if (storedAs(name) === null) continue;
      const path = join(directory, market, name);
      const stat = await Deno.stat(path).catch(() => null);
      if (stat !== null) files.push({ path, size: stat.size });
    }
  }
  return files;
}

function isMarket(name: string): boolean {
  return /^[1-9]\d*$/.test(name);
}

/** Rows of a stored file; none where it is not there. */
async function* storedRows(path: string, signal: AbortSignal | undefined): AsyncGenerator<ExactCandles> {
  if (await Deno.stat(path).then(() => false, (error) => error instanceof Deno.errors.NotFound)) return;
  yield* new StoredCandleFile({ path, label: path }).rows(anyRow, signal ? { signal } : {});
}

async function tableAt(path: string): Promise<CellTable> {
  const { parquetTable } = await import("../parquet/parquet_table.ts");
  return await parquetTable(fileContent(path, path));
}

const own: ReadonlySet<string> = new Set(["ts_open", ...candleValues]);

function furtherIn({ names }: CellTable): readonly string[] {
  return names!.filter((name) => !own.has(name));
}

async function furtherAt(path: string): Promise<readonly string[]> {
  const isThere = await Deno.stat(path).then(() => true, () => false);
  return isThere ? furtherIn(await tableAt(path)) : [];
}

/** Further columns that are stored and new ones, in the order in which they are stored. */
function joined(stored: readonly string[], names: readonly string[]): readonly string[] {
  const all = [...new Set([...stored, ...names])].sort(compareCodePoints);
  if (all.length <= furtherColumnsMax) return all;
  const message =
    `Cannot import candles: with ${stored.length} further columns there and ${names.length} more it would have ` +
    `${all.length}, at most ${furtherColumnsMax} are kept`;
  throw validationError(message, [{ path: "candles", code: "max_value", message }]);
}

async function extentOf(
  path: string,
): Promise<Pick<StoredInstrument, "rows" | "first" | "last" | "further_columns">> {
  const table = await tableAt(path);
  const time = (row: readonly unknown[]) => formatTimestamp(row[0] as number);
  return {
    rows: table.count,
    first: time((await table.first())[0]!),
    last: time((await table.last())!),
    further_columns: furtherIn(table),
  };
}

function originsPath(path: string): string {
  return path.replace(/\.parquet$/, ".sources.json");
}

async function originsOf(path: string): Promise<readonly CandleOrigin[]> {
  try {
    return JSON.parse(await Deno.readTextFile(originsPath(path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return [];
    throw error;
  }
}

/** More files than these are not told of; they are as many as anybody reads. */
const originsMax = 1000;

/** Each origin once, in an order that does not depend on that of the imports. */
async function addOrigin(path: string, origin: CandleOrigin): Promise<void> {
  const texts = new Set([...await originsOf(path), origin].map((one) => JSON.stringify(one)));
  const sorted = [...texts].sort().slice(0, originsMax).map((text) => JSON.parse(text) as CandleOrigin);
  const partial = `${originsPath(path)}.partial`;
  await Deno.writeTextFile(partial, `${JSON.stringify(sorted, null, 2)}\n`);
  await Deno.rename(partial, originsPath(path));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
  }
  return names.sort();
}
