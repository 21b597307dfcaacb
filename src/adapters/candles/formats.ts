import type { Content } from "./bytes/content.ts";
import type { OpenedCandles, OpenOptions } from "./rows/opened_candles.ts";

/** A format of candle files. A new one is added to {@link formats}, in a folder of its own. */
interface CandleFormat {
  readonly name: string;
  /** By the first bytes of what was unpacked. */
  recognises(head: Uint8Array): boolean;
  /** Tells what the file is, without reading its rows. */
  open(content: Content, options: OpenOptions): Promise<OpenedCandles>;
}

/** Loaded where one is needed: hardly any process does, and all would wait for it. */
const formats: readonly CandleFormat[] = [
  {
    name: "Parquet",
    recognises: (head) => begins(head, "PAR1"),
    async open(content, options) {
      const [{ parquetTable }, { openTable }] = await Promise.all([
        import("./parquet/parquet_table.ts"),
        import("./table/open_table.ts"),
      ]);
      return await openTable(await parquetTable(content, options), { ...options, label: content.label });
    },
  },
  {
    name: "Arrow",
    recognises: (head) => begins(head, "ARROW1") || begins(head, "\xff\xff\xff\xff"),
    async open(content, options) {
      const [{ arrowTable }, { openTable }] = await Promise.all([
        import("./arrow/arrow_table.ts"),
        import("./table/open_table.ts"),
      ]);
      return await openTable(await arrowTable(content, options), { ...options, label: content.label });
    },
  },
  {
    name: "JSON",
    recognises: (head) => /^(\xef\xbb\xbf)?\s*[[{]/.test(latin(head)),
    async open(content, options) {
      const [{ jsonTable }, { openTable }] = await Promise.all([
        import("./json/json_table.ts"),
        import("./table/open_table.ts"),
      ]);
      return await openTable(await jsonTable(content, options), { ...options, label: content.label });
    },
  },
  {
    name: "CSV",
    recognises: () => true,
    async open(content, options) {
      const { openText } = await import("./text/open_text.ts");
      return await openText(content, options);
    },
  },
];

/** The format of a content by its first bytes; text where nothing else fits. */
export function formatOf(head: Uint8Array): CandleFormat {
  return formats.find(({ recognises }) => recognises(head))!;
}

function begins(head: Uint8Array, mark: string): boolean {
  return latin(head).startsWith(mark);
}

function latin(head: Uint8Array): string {
  return String.fromCharCode(...head.subarray(0, 256));
}
