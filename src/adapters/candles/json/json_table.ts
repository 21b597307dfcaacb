import type { CandleReading } from "../../../core/bars/mod.ts";
import { shown } from "../../../core/text/mod.ts";
import { allBytes, type Content } from "../bytes/content.ts";
import { refusal } from "../rows/candle_refusal.ts";
import type { OpenOptions } from "../rows/opened_candles.ts";
import type { CellBatch, CellTable } from "../table/cell_table.ts";
import { LineReader } from "../text/line_reader.ts";
import { compactJson } from "./compact_json.ts";
import { compactRows } from "./compact_rows.ts";
import { areRows, joinedPages, jsonRows } from "./json_shapes.ts";
import { type PlainJson, plainJson } from "./plain_json.ts";
import { TextCells } from "./text_cells.ts";

/** Larger texts do not fit into one string of the engine, with the values beside it. */
const bytesMax = 400 * 1024 * 1024;
const firstRows = 200;
const decoder = new TextDecoder();

/**
 * A JSON file as a table, all of it in memory: one value, or one a line. Rejects with a `validation_error` when it is none,
 * or has no candles in it, or those of several instruments of which none is picked.
 */
export async function jsonTable(
  content: Content,
  options: OpenOptions,
): Promise<CellTable> {
  const head = decoder.decode(await content.head(64 * 1024));
  return areLines(head) ? await lineTable(content, options) : await valueTable(content, options);
}

/** Whether the first line is a value by itself, and another one follows. */
function areLines(head: string): boolean {
  const [first, second] = head.replace(/^\ufeff/, "").split(/\r?\n/).filter((line) => line.trim() !== "");
  if (first === undefined || second === undefined || !/^\s*[[{]/.test(second)) return false;
  try {
    return typeof JSON.parse(first) === "object";
  } catch {
    return false;
  }
}

async function valueTable(
  content: Content,
  { reading, signal, limits }: OpenOptions,
): Promise<CellTable> {
  const most = Math.min(bytesMax, limits.wholeBytesMax);
  const bytes = await allBytes(content, { bytesMax: most, signal });
  if (bytes === null) throw refusal(content, `it has more than ${most} bytes; write one candle a line`);
  const compact = reading.decimal === "," ? null : compactJson(bytes);
  const quick = compact === null ? [] : pickedOf(compactRows(compact), reading);
  if (quick.length === 1) return columnTable({ ...quick[0]!, lines: null });
  // values one behind the other are no value
  const plain = compact === null ? plainTable(bytes, reading) : null;
  if (plain !== null) return plain;
  const value = parsed(content, decoder.decode(bytes));
  const found = jsonRows(value);
  const page = joinedPages(found);
  const all = page === null ? found : [page];
  const picked = pickedOf(all, reading);
  if (picked.length === 1) {
    const [{ names, rows }] = picked as [typeof picked[0]];
    return tableOf({ names, rows, lines: null });
  }
  if (all.length > 1) {
    const list = all.slice(0, 30).map(({ path }) => path).join(", ");
    throw refusal(content, `it holds ${all.length} series: ${list}; --pick NAME takes one`);
  }
  const error = typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value).find(([name, text]) =>
      /error|message|note|information/i.test(name) && typeof text === "string"
    )
    : undefined;
  const said = error === undefined ? "" : `, it says ${shown(error[1])}`;
  throw refusal(
    content,
    `its JSON has no candles in it${said}; lists or objects with time, open, high, low, close are read`,
  );
}

/** Of several series the one that is picked. */
function pickedOf<Found extends { readonly path: string }>(
  all: readonly Found[],
  { pick }: CandleReading,
): readonly Found[] {
  if (all.length < 2 || pick === undefined) return all;
  return all.filter(({ path }) => path.toLowerCase().split(".").includes(pick.toLowerCase()));
}

function parsed(content: Content, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (cause) {
    throw refusal(content, `it is damaged or cut off JSON (${(cause as Error).message.split("\n")[0]})`);
  }
}

/** A table of what needs no closer look; null where it does, or where it is not told to be candles. */
function plainTable(bytes: Uint8Array<ArrayBuffer>, { decimal }: CandleReading): CellTable | null {
  if (decimal === ",") return null;
  const plain = plainJson(bytes);
  if (plain === null || !areRows(plain.names, plain.columns.length)) return null;
  return columnTable(plain);
}

function columnTable({ names, columns, count, lines }: PlainJson): CellTable {
  const row = (index: number) =>
    columns.map((column) => column instanceof TextCells ? column.text(index) : column[index]);
  return {
    names,
    count,
    fields: columns.length,
    timeKinds: columns.map(() => "text"),
    scales: columns.map(() => 1),
    first: () =>
      Promise.resolve(Array.from({ length: Math.min(count, firstRows) }, (_, index) => row(index))),
    last: () => Promise.resolve(row(count - 1)),
    async *batches(wanted, signal): AsyncGenerator<CellBatch> {
      for (let from = 0; from < count; from += batchRows) {
        signal?.throwIfAborted();
        const to = Math.min(from + batchRows, count);
        yield {
          rows: to - from,
          columns: wanted.map((column) => {
            const all = columns[column]!;
            return all instanceof TextCells ? all.behind(from) : all.subarray(from, to);
          }),
        };
      }
    },
    place: (row) => lines === null ? ` row ${row + 1}` : ` line ${lines[row]}`,
  };
}

const batchRows = 65_536;

async function lineTable(content: Content, options: OpenOptions): Promise<CellTable> {
  const { signal, limits, reading } = options;
  const all = await allBytes(content, { bytesMax: Math.min(bytesMax, limits.wholeBytesMax), signal });
  const plain = all === null ? null : plainTable(all, reading);
  return plain ?? await parsedLines(content, options);
}

async function parsedLines(content: Content, { signal, limits }: OpenOptions): Promise<CellTable> {
  const values: unknown[] = [];
  const lines: number[] = [];
  const { label } = content;
  const reader = new LineReader({
    label,
    end: 10,
    take: (bytes, { from, to }, line) => {
      const text = decoder.decode(bytes.subarray(from, to)).trim();
      if (text === "") return;
      try {
        values.push(JSON.parse(text));
      } catch (cause) {
        throw refusal(
          { label, line },
          `it is no JSON (${(cause as Error).message.split("\n")[0]}), got ${shown(text)}`,
        );
      }
      lines.push(line);
    },
  });
  let bytes = 0;
  for await (const piece of content.pieces(signal)) {
    bytes += piece.length;
    if (bytes > limits.wholeBytesMax) {
      throw refusal(content, `it has more than ${limits.wholeBytesMax} bytes; bring it in pieces`);
    }
    reader.push(piece);
  }
  reader.end();
  const all = jsonRows(values);
  const page = joinedPages(all);
  if (page !== null) return tableOf({ ...page, lines: null });
  if (all.length !== 1 || all[0]!.path !== "") {
    throw refusal({ label, line: lines[0]! }, `it is no candle, got ${shown(values[0])}`);
  }
  const [{ names, rows }] = all as [typeof all[0]];
  return tableOf({ names, rows, lines });
}

function tableOf(
  { names, rows, lines }: {
    readonly names: readonly string[] | null;
    readonly rows: readonly (readonly unknown[])[];
    readonly lines: readonly number[] | null;
  },
): CellTable {
  const fields = names?.length ?? rows[0]?.length ?? 0;
  const columns = Array.from({ length: fields }, (_, column) => column);
  return {
    names,
    count: rows.length,
    fields,
    timeKinds: columns.map(() => "text"),
    scales: columns.map(() => 1),
    first: () => Promise.resolve(rows.slice(0, firstRows)),
    last: () => Promise.resolve(rows.at(-1) ?? null),
    async *batches(wanted): AsyncGenerator<CellBatch> {
      yield { rows: rows.length, columns: wanted.map((column) => rows.map((row) => row[column])) };
    },
    place: (row) => lines === null ? ` row ${row + 1}` : ` line ${lines[row]}`,
  };
}
