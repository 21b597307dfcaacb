import zlib from "node:zlib";
import type { CandleColumns } from "../../../src/core/bars/mod.ts";

/** Rows as one kind of program writes them. */
export interface CandleShape {
  readonly name: string;
  /** Of a file, with its point. */
  readonly ending: string;
  bytes(candles: CandleColumns): Uint8Array;
}

const text = (value: string) => new TextEncoder().encode(value);

/** Every row, made into a text, with `between` among them. */
function rows(
  candles: CandleColumns,
  { of, between = "\n", head = "", end = "" }: {
    readonly of: (values: readonly number[]) => string;
    readonly between?: string;
    readonly head?: string;
    readonly end?: string;
  },
): Uint8Array {
  const { tsOpenMs, open, high, low, close, volume } = candles;
  const parts: string[] = [];
  for (let row = 0; row < tsOpenMs.length; row++) {
    parts.push(
      of([tsOpenMs[row]!, ...[open, high, low, close].map((column) => rounded(column[row]!)), volume[row]!]),
    );
  }
  return text(`${head}${parts.join(between)}${end}`);
}

/** With digits as exchanges give them. */
const rounded = (price: number) => Math.round(price * 1e4) / 1e4;
const iso = (ms: number) => new Date(ms).toISOString();
const comma = (value: number) => String(value).replace(".", ",");
const own = (candles: CandleColumns) =>
  rows(candles, { head: "ts_open,open,high,low,close,volume\n", of: (row) => row.join() });

/** The project's own header first, then the others that are held against it. */
export const candleShapes: readonly CandleShape[] = [
  { name: "own header, epoch ms", ending: ".csv", bytes: own },
  {
    name: "no header, 12 columns of Binance",
    ending: ".csv",
    bytes: (candles) =>
      rows(candles, { of: ([ms, ...rest]) => `${ms},${rest.join()},${ms! + 59_999},1.5,7,0.5,0.7,0` }),
  },
  {
    name: "ISO times",
    ending: ".csv",
    bytes: (candles) =>
      rows(candles, {
        head: "Date,Open,High,Low,Close,Volume\n",
        of: ([ms, ...rest]) => `${iso(ms!).slice(0, 19).replace("T", " ")},${rest.join()}`,
      }),
  },
  {
    name: "quoted, decimal comma, day first",
    ending: ".csv",
    bytes: (candles) =>
      rows(candles, {
        head: '"Datum";"Open";"High";"Low";"Close"\n',
        of: ([ms, ...rest]) => {
          const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T(\d+:\d+)/.exec(iso(ms!))!;
          return `"${day}.${month}.${year} ${time}";${
            rest.slice(0, 4).map((value) => `"${comma(value)}"`).join(";")
          }`;
        },
      }),
  },
  {
    name: "thousands, quoted",
    ending: ".csv",
    bytes: (candles) =>
      rows(candles, {
        head: "Date,Open,High,Low,Close\n",
        of: ([ms, ...rest]) =>
          `${iso(ms!).slice(0, 16).replace("T", " ")},${
            rest.slice(0, 4).map((value) => `"${value! + 1000}"`.replace(/(\d)(\d{3}[.\"])/, "$1,$2")).join()
          }`,
      }),
  },
  {
    name: "blanks between fields, signs",
    ending: ".txt",
    bytes: (candles) =>
      rows(candles, {
        of: ([ms, ...rest]) =>
          `${iso(ms!).slice(0, 19).replace("T", " ")} ${rest.map((value) => `+${value}`).join(" ")}`,
      }),
  },
  {
    name: "own header in gzip",
    ending: ".csv.gz",
    bytes: (candles) => zlib.gzipSync(own(candles), { level: 1 }),
  },
  {
    name: "JSON, lists of numbers",
    ending: ".json",
    bytes: (candles) => rows(candles, { head: "[", end: "]", between: ",", of: (row) => `[${row.join()}]` }),
  },
  {
    name: "JSON, lists with prices as texts",
    ending: ".json",
    bytes: (candles) =>
      rows(candles, {
        head: "[",
        end: "]",
        between: ",",
        of: ([ms, ...rest]) => `[${ms},${rest.map((value) => `"${value}"`).join()}]`,
      }),
  },
  {
    name: "JSON, objects",
    ending: ".json",
    bytes: (candles) =>
      rows(candles, {
        head: "[",
        end: "]",
        between: ",",
        of: ([t, o, h, l, c, v]) => `{"t":${t},"o":${o},"h":${h},"l":${l},"c":${c},"v":${v}}`,
      }),
  },
  {
    name: "JSON, lists inside an object",
    ending: ".json",
    bytes: (candles) =>
      rows(candles, {
        head: '{"code":"0","data":[',
        end: "]}",
        between: ",",
        of: (row) => `[${row.map((value) => `"${value}"`).join()}]`,
      }),
  },
  {
    name: "JSON, objects by instrument, ISO times, nulls",
    ending: ".json",
    bytes: (candles) =>
      rows(candles, {
        head: '{"bars":{"A":[',
        end: "]}}",
        between: ",",
        of: ([t, o, h, l, c, v]) =>
          `{"t":"${iso(t!)}","o":${o},"h":${h},"l":${l},"c":${c},"v":${
            t! % 420_000 === 0 ? null : v
          },"x":true}`,
      }),
  },
  {
    name: "JSON, columns",
    ending: ".json",
    bytes: ({ tsOpenMs, open, high, low, close }) =>
      text(JSON.stringify({
        s: "ok",
        t: [...tsOpenMs],
        o: [...open].map(rounded),
        h: [...high].map(rounded),
        l: [...low].map(rounded),
        c: [...close].map(rounded),
      })),
  },
  {
    name: "JSON, rows by time",
    ending: ".json",
    bytes: (candles) =>
      rows(candles, {
        head: '{"Time Series":{',
        end: "}}",
        between: ",",
        of: ([t, o, h, l, c]) =>
          `"${
            iso(t!).slice(0, 19).replace("T", " ")
          }":{"1. open":"${o}","2. high":"${h}","3. low":"${l}","4. close":"${c}"}`,
      }),
  },
  {
    name: "JSON, prices in an object of each row",
    ending: ".json",
    bytes: (candles) =>
      rows(candles, {
        head: '{"candles":[',
        end: "]}",
        between: ",",
        of: ([t, o, h, l, c, v]) =>
          `{"complete":true,"volume":${v},"time":"${
            iso(t!)
          }","mid":{"o":"${o}","h":"${h}","l":"${l}","c":"${c}"}}`,
      }),
  },
  {
    name: "JSON lines",
    ending: ".jsonl",
    bytes: (candles) =>
      rows(candles, {
        of: ([t, o, h, l, c, v]) =>
          `{"time":${t},"open":${o},"high":${h},"low":${l},"close":${c},"volume":${v}}`,
      }),
  },
];
