import { join } from "node:path";
import type { ExactCandles } from "../../../core/bars/mod.ts";
import { durationText, formatTimestamp } from "../../../core/text/mod.ts";
import type {
  CandleOrigin,
  CandleStore,
  CandlesToStore,
  StoredInstrument,
  StoredRows,
} from "../../../ports/candle_store.ts";
import { fileContent } from "../bytes/content.ts";
import { StoredCandleFile } from "../candle_file.ts";
import { mergeRows } from "./merge_rows.ts";
import { ParquetRows } from "./parquet_rows.ts";
import { instrumentPath, storedAs, storedName } from "./store_paths.ts";

const anyRow = { everyMs: 1, startMs: -(2 ** 45), endMs: 2 ** 45, required: [] };

/**
 * Parquet files `<directory>/<market_id>/<SYMBOL>.<timeframe>.parquet`, one for each instrument and timeframe, with a file
 * `<SYMBOL>.<timeframe>.sources.json` beside it. A file is written beside its place and put there when it is whole, so a
 * reader sees the rows before or those after; imports wait for each other.
 */
export class FolderCandleStore implements CandleStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  get name(): string {
    return this.#directory;
  }

  async merge(
    { instrument, timeframeMs, rows, origin }: CandlesToStore,
    { dryRun = false, signal }: { readonly dryRun?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<StoredRows> {
    const market = join(this.#directory, instrumentPath(instrument).split("/")[0]!);
    const path = join(market, storedName(instrument.symbol, timeframeMs));
    const before = () => storedRows(path, signal);
    if (dryRun) {
      return await mergeRows({ before: before(), rows }, () => {
        signal?.throwIfAborted();
        return undefined;
      });
    }
    await Deno.mkdir(market, { recursive: true });
    using lock = await Deno.open(join(market, ".lock"), { write: true, create: true });
    await lock.lock(true);
    const partial = join(market, `.${storedName(instrument.symbol, timeframeMs)}.partial`);
    try {
      const counts = await this.#write(partial, { before: before(), rows, signal });
      if (counts.inserted + counts.replaced > 0) await Deno.rename(partial, path);
      await addOrigin(path, origin);
      return counts;
    } finally {
      await Deno.remove(partial).catch(() => {});
      await lock.unlock();
    }
  }

  async list(): Promise<readonly StoredInstrument[]> {
    const found: StoredInstrument[] = [];
    for (const market of (await namesIn(this.#directory)).filter((name) => /^[1-9]\d*$/.test(name))) {
      for (const name of await namesIn(join(this.#directory, market))) {
        const as = storedAs(name);
        if (as === null) continue;
        const path = join(this.#directory, market, name);
        found.push({
          instrument: { market_id: Number(market), symbol: as.symbol },
          timeframe: durationText(as.timeframeMs),
          ...await extentOf(path),
          origins: await originsOf(path),
        });
      }
    }
    return found;
  }

  async #write(
    partial: string,
    { before, rows, signal }: {
      readonly before: AsyncIterable<ExactCandles>;
      readonly rows: AsyncIterable<ExactCandles>;
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<StoredRows> {
    using file = await Deno.open(partial, { write: true, create: true, truncate: true });
    const written = new ParquetRows(file);
    const counts = await mergeRows({ before, rows }, (candles, row) => {
      signal?.throwIfAborted();
      return written.add(candles, row);
    });
    await written.finish();
    return counts;
  }
}

/** Rows of a stored file; none where it is not there. */
async function* storedRows(path: string, signal: AbortSignal | undefined): AsyncGenerator<ExactCandles> {
  if (await Deno.stat(path).then(() => false, (error) => error instanceof Deno.errors.NotFound)) return;
  yield* new StoredCandleFile({ path, label: path }).rows(anyRow, signal ? { signal } : {});
}

async function extentOf(path: string): Promise<Pick<StoredInstrument, "rows" | "first" | "last">> {
  const [{ parquetTable }, content] = [await import("../parquet/parquet_table.ts"), fileContent(path, path)];
  const table = await parquetTable(content);
  const time = (row: readonly unknown[]) => formatTimestamp(row[0] as number);
  return { rows: table.count, first: time((await table.first())[0]!), last: time((await table.last())!) };
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

/** Each origin once, in an order that does not depend on that of the imports. */
async function addOrigin(path: string, origin: CandleOrigin): Promise<void> {
  const texts = new Set([...await originsOf(path), origin].map((one) => JSON.stringify(one)));
  const sorted = [...texts].sort().map((text) => JSON.parse(text) as CandleOrigin);
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
