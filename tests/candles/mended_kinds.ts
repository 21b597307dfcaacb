import {
  comma,
  dayMs,
  days,
  descending,
  iso,
  type Kind,
  lines,
  ohlc,
  part,
  type Row,
  rows,
} from "./kinds.ts";

const serial = (ms: number, digits: number) => (ms / dayMs + 25_569).toFixed(digits);
const date = (ms: number) => iso(ms).slice(0, 10);
const us = (ms: number) => {
  const { Y, M, D } = part(ms);
  return `${M}/${D}/${Y}`;
};
const german = (ms: number) => {
  const { Y, M, D } = part(ms);
  return `${D}.${M}.${Y}`;
};
const clock = (ms: number) => {
  const { h, m, s } = part(ms);
  return `${h}:${m}:${s}`;
};
const daily = (header: string, row: (row: Row) => string, of: readonly Row[] = days) =>
  lines(header, row, of);
const newest = days.toReversed();
const dollars = ({ o, h, l, c }: Row) => [o, h, l, c].map((value) => `$${value.toFixed(2)}`).join(",");
const euros = ({ o, h, l, c }: Row) => [o, h, l, c].map((value) => `${comma(value)} €`).join(";");
const commas = ({ o, h, l, c }: Row, sign = ";") => [o, h, l, c].map(comma).join(sign);
const own = lines("ts_open,open,high,low,close,volume", (r) => `${r.ms},${ohlc(r)},${r.v}`);

/** Kinds that were refused or read wrong once. */
export const mendedKinds: readonly Kind[] = [
  {
    name: "Nasdaq, with dollars",
    everyMs: dayMs,
    text: daily("Date,Open,High,Low,Close/Last,Volume", (r) => `${us(r.ms)},${dollars(r)},${r.v}`, newest),
  },
  {
    name: "euros behind the price",
    everyMs: dayMs,
    text: daily("Datum;Eröffnung;Hoch;Tief;Schluss;Volumen", (r) => `${german(r.ms)};${euros(r)};${r.v}`),
  },
  {
    name: "a currency's code behind the price",
    everyMs: dayMs,
    text: daily("Date,Open,High,Low,Close,Volume", (r) => `${date(r.ms)},${ohlc(r, " USD,")} USD,${r.v}`),
  },
  {
    name: "days of a spreadsheet",
    everyMs: dayMs,
    text: daily("Date,Open,High,Low,Close,Volume", (r) => `${serial(r.ms, 0)},${ohlc(r)},${r.v}`),
  },
  {
    name: "days of a spreadsheet as floats",
    everyMs: dayMs,
    text: daily("Date,Open,High,Low,Close,Volume", (r) => `${serial(r.ms, 1)},${ohlc(r)},${r.v}`),
  },
  {
    name: "minutes of a spreadsheet",
    text: lines("Date,Open,High,Low,Close,Volume", (r) => `${serial(r.ms, 7)},${ohlc(r)},${r.v}`),
  },
  {
    name: "minutes of a German spreadsheet",
    text: lines(
      "Datum;Open;High;Low;Close;Volume",
      (r) => `${serial(r.ms, 5).replace(".", ",")};${commas(r)};${r.v}`,
    ),
  },
  {
    name: "Deribit",
    text: JSON.stringify({
      result: {
        volume: rows.map(({ v }) => v),
        ticks: rows.map(({ ms }) => ms),
        open: rows.map(({ o }) => o),
        low: rows.map(({ l }) => l),
        high: rows.map(({ h }) => h),
        close: rows.map(({ c }) => c),
      },
    }),
  },
  {
    name: "Binance's stream, with l and L",
    text: rows.map((r) =>
      JSON.stringify({
        e: "kline",
        s: "X",
        k: {
          t: r.ms,
          T: r.ms + 59_999,
          s: "X",
          f: 1,
          L: 2,
          o: `${r.o}`,
          c: `${r.c}`,
          h: `${r.h}`,
          l: `${r.l}`,
          v: `${r.v}`,
          V: "1",
        },
      })
    ).join("\n"),
  },
  {
    name: "Upbit, which has times of the last trade, too",
    text: JSON.stringify(descending.map((r) => ({
      market: "KRW-BTC",
      candle_date_time_utc: iso(r.ms).slice(0, 19),
      candle_date_time_kst: iso(r.ms + 9 * 3_600_000).slice(0, 19),
      opening_price: r.o,
      high_price: r.h,
      low_price: r.l,
      trade_price: r.c,
      timestamp: r.ms + 59_123,
      candle_acc_trade_volume: r.v,
    }))),
  },
  {
    name: "CoinMarketCap, which has times of the close, too",
    everyMs: dayMs,
    text: daily(
      "timeOpen;timeClose;open;high;low;close;volume;timestamp",
      (r) => `"${iso(r.ms)}";"${iso(r.ms + dayMs - 1)}";${ohlc(r, ";")};${r.v};"${iso(r.ms + dayMs - 1)}"`,
      newest,
    ),
  },
  {
    name: "OANDA, with prices in an object",
    text: JSON.stringify({
      candles: rows.map((r) => ({
        complete: true,
        volume: r.v,
        time: iso(r.ms).replace("Z", "000000Z"),
        mid: { o: `${r.o}`, h: `${r.h}`, l: `${r.l}`, c: `${r.c}` },
      })),
    }),
  },
  {
    name: "MetaStock's name of a date",
    text: lines("<TICKER>,<DTYYYYMMDD>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>", (r) => {
      const { Y, M, D, h, m } = part(r.ms);
      return `EURUSD,${Y}${M}${D},${h}${m},${ohlc(r)},${r.v}`;
    }),
  },
  {
    name: "an exchange with names in two languages",
    text: lines(
      "instrument_name/交易对,open/开盘价,high/最高价,low/最低价,close/收盘价,vol/交易量,open_time/开盘时间",
      (r) => `BTC-USDT,${ohlc(r)},${r.v},${r.ms}`,
    ),
  },
  ...["日期,开盘,最高,最低,收盘,成交量", "日付,始値,高値,安値,終値,出来高"].map((header) => ({
    name: `names such as ${header.slice(0, 2)}`,
    everyMs: dayMs,
    text: daily(header, (r) => `${date(r.ms)},${ohlc(r)},${r.v}`),
  })),
  ...[
    "Datum;Openen;Hoog;Laag;Slot;Volume",
    "Datum;Öppen;Högst;Lägst;Stängning;Volym",
    "Дата;Открытие;Максимум;Минимум;Закрытие;Объём",
    "Datum;Erster;Hoch;Tief;Zuletzt;Stuecke",
  ].map((header) => ({
    name: `names such as ${header.split(";")[1]}`,
    everyMs: dayMs,
    text: daily(header, (r) => `${german(r.ms)};${commas(r)};${r.v}`),
  })),
  {
    name: "names with units",
    text: lines(
      "TIMESTAMP (UTC),OPEN [USD],HIGH [USD],LOW [USD],CLOSE [USD],VOLUME (BTC)",
      (r) => `${iso(r.ms)},${ohlc(r)},${r.v}`,
    ),
  },
  {
    name: "names with the instrument before them",
    text: lines(
      "timestamp,BTC_open,BTC_high,BTC_low,BTC_close,BTC_volume",
      (r) => `${r.ms},${ohlc(r)},${r.v}`,
    ),
  },
  {
    name: "floats of stamps with an exponent",
    text: lines(
      "time,open,high,low,close,volume",
      (r) => `${(r.ms * 1e6).toExponential()},${ohlc(r)},${r.v}`,
    ),
  },
  {
    name: "a clock with p.m.",
    shiftMs: 10 * dayMs,
    text: lines("Date,Open,High,Low,Close,Volume", (r) => {
      const { h, m } = part(r.ms);
      return `${us(r.ms + 10 * dayMs)} ${Number(h) % 12 || 12}:${m} ${Number(h) < 12 ? "a.m." : "p.m."},${
        ohlc(r)
      },${r.v}`;
    }),
  },
  ...([
    ["UTC+2", (ms: number) => `${iso(ms + 7_200_000).slice(0, 19)} UTC+2`],
    ["Wed, 31 Jan 2024 09:30:00 GMT", (ms: number) => `"${new Date(ms).toUTCString()}"`],
    ["a browser's", (ms: number) => `Mon Jan 06 2025 ${clock(ms)} GMT+0000 (Coordinated Universal Time)`],
    ["RFC 9557", (ms: number) => `${iso(ms - 18_000_000).slice(0, 19)}-05:00[America/New_York]`],
    ["Go", (ms: number) => `${iso(ms).slice(0, 19).replace("T", " ")} +0000 UTC`],
    ["a weekday before it", (ms: number) => `Mon ${iso(ms).slice(0, 19).replace("T", " ")}`],
    ["made a text for a spreadsheet", (ms: number) => `="${iso(ms)}"`],
  ] as const).map(([name, time]) => ({
    name: `times such as ${name}`,
    text: lines("time,open,high,low,close,volume", (r) => `${time(r.ms)},${ohlc(r)},${r.v}`),
  })),
  {
    name: "volumes in k",
    everyMs: dayMs,
    text: daily("Date,Open,High,Low,Close,Volume", (r) => `${date(r.ms)},${ohlc(r)},${r.v / 1000}k`),
  },
  {
    name: "a header in capitals once more",
    text: own.replace(/(\n\d+,.*){30}/, "$&\n\ufeffTS_OPEN,OPEN,HIGH,LOW,CLOSE,VOLUME"),
  },
  {
    name: "lines that end in three ways",
    text: own.split("\n").map((line, i) => line + ["\r\n", "\n", "\r"][i % 3]).join(""),
  },
  {
    name: "pages of answers",
    text: JSON.stringify(
      [rows.slice(0, 20), rows.slice(20)].map((page) => ({
        results: page.map(({ ms, ...r }) => ({ t: ms, ...r })),
      })),
    ),
  },
  {
    name: "lists on lines",
    text: [rows.slice(0, 20), rows.slice(20)].map((page) =>
      JSON.stringify(page.map((r) => [r.ms, r.o, r.h, r.l, r.c, r.v]))
    ).join("\n"),
  },
  {
    name: "MongoDB's numbers",
    text: JSON.stringify(rows.map((r) => ({
      time: { $date: { $numberLong: `${r.ms}` } },
      ...Object.fromEntries(
        Object.entries({ open: r.o, high: r.h, low: r.l, close: r.c, volume: r.v }).map((
          [name, value],
        ) => [name, { $numberDecimal: `${value}` }]),
      ),
    }))),
  },
];

/** What is refused, with what the refusal says. */
export const refusedKinds: readonly (Kind & { readonly says: RegExp })[] = [
  {
    name: "a currency in one row only",
    text: daily("Date,Open,High,Low,Close,Volume", (r) => `${date(r.ms)},${ohlc(r)},${r.v}`).replace(
      /(2025-01-20,.*,)([\d.]+,\d+)/,
      "$1$$$2",
    ),
    says: /line 16: close must be a number, got "\$[\d.]+"; write it without the currency$/,
  },
  {
    name: "days of a spreadsheet with too few digits",
    text: lines("Date,Open,High,Low,Close,Volume", (r) => `${serial(r.ms, 2)},${ohlc(r)},${r.v}`),
    says: /line 2: ts_open "45663\.60", read in days of a spreadsheet, has too few digits to tell a minute/,
  },
  {
    name: "counts that are no days",
    text: lines("time,open,high,low,close,volume", (r, i) => `${i * 1000},${ohlc(r)},${r.v}`),
    says:
      /line 2: the unit of ts_open 0 cannot be told: .*--time-unit s, ms, us or ns says what it is, and days/,
  },
  {
    name: "stamps that a spreadsheet cut",
    text: lines(
      "time,open,high,low,close,volume",
      (r) => `${r.ms.toExponential(5).toUpperCase()},${ohlc(r)},${r.v}`,
    ),
    says: /line 2: ts_open is no date or time .*, got "1\.73617E\+12"/,
  },
  {
    name: "ticks of .NET",
    text: lines(
      "time,open,high,low,close,volume",
      (r) => `${BigInt(r.ms) * 10_000n + 621_355_968_000_000_000n},${ohlc(r)},${r.v}`,
    ),
    says: /line 2: the unit of ts_open 6387177060{8}0 cannot be told: .*--time-unit/,
  },
  {
    name: "two instruments side by side",
    text: "Price,Close,Close,High,High,Low,Low,Open,Open\nTicker,A,B,A,B,A,B,A,B\nDate,,,,,,,,\n" +
      lines(null, (r) => `${date(r.ms)},${r.c},${r.c},${r.h},${r.h},${r.l},${r.l},${r.o},${r.o}`, days),
    says: /line 1: it holds 2 instruments: A, B; --pick NAME takes one/,
  },
  {
    name: "bids and asks",
    text: lines(
      "time,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close",
      (r) => `${r.ms},${ohlc(r)},${ohlc(r)}`,
    ),
    says: /line 1: it holds 2 instruments: ask, bid; --pick NAME takes one/,
  },
  {
    name: "two columns of one name",
    text: lines("time,open,high,low,close,Close,volume", (r) => `${r.ms},${ohlc(r)},1,${r.v}`),
    says:
      /line 1: two columns are called "close", the 5\. and the 6\., with other values; --column close=5 says/,
  },
  {
    name: "ticks, which are no candles",
    text: lines("timestamp,bid,ask,bid_volume,ask_volume", (r) => `${r.ms},${r.l},${r.h},1,2`),
    says: /line 1: .*no four columns behind the time that can be open, high, low and close; --column/,
  },
  {
    name: "midnight as 24:00",
    text:
      lines("Date,Time,Open,High,Low,Close,Volume", (r) => `${date(r.ms)},${clock(r.ms)},${ohlc(r)},${r.v}`) +
      "2025-01-06,24:00:00,1,1,1,1,1\n",
    says: /line 62: ts_open names a time of day that does not exist, got "2025-01-06 24:00:00"/,
  },
  {
    name: "a delimiter nobody tried",
    text: lines("time~open~high~low~close", (r) => `${iso(r.ms)}~${ohlc(r, "~")}`),
    says: /line 1: .*; --delimiter CHAR says what stands between fields/,
  },
];
