/** A kind of file that people have, written by its rule from the same candles; times are minutes or days in UTC. */
export interface Kind {
  readonly name: string;
  readonly text: string;
  /** Where they differ from those of {@link rows}. */
  readonly everyMs?: number;
  /** How much later its times are. */
  readonly shiftMs?: number;
}

/** One candle with its time. */
export interface Row {
  readonly ms: number;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
}

const minuteMs = 60_000;
const firstMs = Date.UTC(2025, 0, 6, 14, 30);
const rowCount = 60;

/** Candles whose open is the close before, in quarters, so that any format can write them. */
export const rows: readonly Row[] = Array.from(
  { length: rowCount },
  (_, index) => candle(index, minuteMs, firstMs),
);
export const days: readonly Row[] = Array.from(
  { length: rowCount },
  (_, index) => candle(index, 86_400_000, Date.UTC(2025, 0, 6)),
);

export const dayMs = 86_400_000;

function candle(index: number, everyMs: number, first: number): Row {
  const close = (at: number) => 100 + ((at * 37) % 23) / 4;
  const [o, c] = [close(index - 1), close(index)];
  return {
    ms: first + index * everyMs,
    o: index === 0 ? 100 : o,
    h: Math.max(o, c, index === 0 ? 100 : 0) + 0.5,
    l: Math.min(o, c, index === 0 ? 100 : 1e9) - 0.25,
    c,
    v: 10 + index % 7,
  };
}

export const iso = (ms: number) => new Date(ms).toISOString();
export const part = (ms: number) => {
  const [, Y, M, D, h, m, s] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)/.exec(iso(ms))!;
  return { Y: Y!, M: M!, D: D!, h: h!, m: m!, s: s! };
};
export const lines = (
  header: string | null,
  row: (row: Row, index: number) => string,
  of: readonly Row[] = rows,
) => [...(header === null ? [] : [header]), ...of.map(row)].join("\n") + "\n";
const short = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
export const comma = (value: number) => String(value).replace(".", ",");
export const descending = rows.toReversed();
export const ohlc = ({ o, h, l, c }: Row, sign = ",") => [o, h, l, c].join(sign);
const clock12 = (ms: number) => {
  const { h, m } = part(ms);
  return `${Number(h) % 12 || 12}:${m} ${Number(h) < 12 ? "AM" : "PM"}`;
};
const thousands = (value: number) => value.toLocaleString("en-US");

/** Kinds as their makers write them. */
export const kinds: readonly Kind[] = [
  {
    name: "Binance with its header",
    text: lines(
      "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore",
      (r) => `${r.ms},${ohlc(r)},${r.v},${r.ms + 59_999},1,1,1,1,0`,
    ),
  },
  {
    name: "Binance in microseconds, no header",
    text: lines(null, (r) => `${r.ms}000,${ohlc(r)},${r.v},${r.ms + 59_999}999,100.5,120,1.5,2.5,0`),
  },
  { name: "Kraken, no header", text: lines(null, (r) => `${r.ms / 1000},${ohlc(r)},${r.v},17`) },
  {
    name: "Coinbase CSV",
    text: lines(
      "time,low,high,open,close,volume",
      (r) => `${r.ms / 1000},${r.l},${r.h},${r.o},${r.c},${r.v}`,
    ),
  },
  {
    name: "Bitstamp of a data shop, newest first",
    text: [
      "https://www.CryptoDataDownload.com",
      "unix,date,symbol,open,high,low,close,Volume BTC,Volume USD",
      ...descending.map((r) => {
        const { Y, M, D, h, m, s } = part(r.ms);
        return `${r.ms / 1000},${Y}-${M}-${D} ${h}:${m}:${s},BTC/USD,${ohlc(r)},${r.v},${r.v * r.c}`;
      }),
    ].join("\r\n"),
  },
  {
    name: "MetaTrader 4",
    text: lines(null, (r) => {
      const { Y, M, D, h, m } = part(r.ms);
      return `${Y}.${M}.${D},${h}:${m},${ohlc(r)},${r.v}`;
    }),
  },
  {
    name: "MetaTrader 5 bars",
    text: lines("<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>", (r) => {
      const { Y, M, D, h, m, s } = part(r.ms);
      return `${Y}.${M}.${D}\t${h}:${m}:${s}\t${ohlc(r, "\t")}\t${r.v}\t0\t3`;
    }),
  },
  {
    name: "MetaTrader 5 days",
    everyMs: dayMs,
    text: lines("<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>", (r) => {
      const { Y, M, D } = part(r.ms);
      return `${Y}.${M}.${D}\t${ohlc(r, "\t")}\t${r.v}\t0\t3`;
    }, days),
  },
  {
    name: "Yahoo",
    everyMs: dayMs,
    text: lines(
      "Date,Open,High,Low,Close,Adj Close,Volume",
      (r) => `${iso(r.ms).slice(0, 10)},${ohlc(r)},${r.c / 2},${r.v}`,
      days,
    ),
  },
  {
    name: "yfinance with three lines of names",
    everyMs: dayMs,
    text: "Price,Close,High,Low,Open,Volume\nTicker,AAPL,AAPL,AAPL,AAPL,AAPL\nDate,,,,,\n" +
      lines(null, (r) => `${iso(r.ms).slice(0, 10)},${r.c},${r.h},${r.l},${r.o},${r.v}`, days),
  },
  {
    name: "Stooq minutes",
    text: lines("<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>", (r) => {
      const { Y, M, D, h, m, s } = part(r.ms);
      return `AAPL.US,1,${Y}${M}${D},${h}${m}${s},${ohlc(r)},${r.v},0`;
    }),
  },
  {
    name: "Alpha Vantage CSV, newest first",
    text: "timestamp,open,high,low,close,volume\r\n" +
      descending.map((r) => `${iso(r.ms).slice(0, 19).replace("T", " ")},${ohlc(r)},${r.v}`).join("\r\n"),
  },
  {
    name: "Alpha Vantage JSON",
    text: JSON.stringify({
      "Meta Data": { "1. Information": "Intraday", "2. Symbol": "IBM" },
      "Time Series (1min)": Object.fromEntries(descending.map((r) => [
        iso(r.ms).slice(0, 19).replace("T", " "),
        {
          "1. open": `${r.o}`,
          "2. high": `${r.h}`,
          "3. low": `${r.l}`,
          "4. close": `${r.c}`,
          "5. volume": `${r.v}`,
        },
      ])),
    }),
  },
  {
    name: "TradingView with ISO times and a plot",
    text: lines(
      "time,open,high,low,close,Volume,Plot",
      (r) => `${iso(r.ms).slice(0, 19)}Z,${ohlc(r)},${r.v},NaN`,
    ),
  },
  { name: "ccxt", text: JSON.stringify(rows.map((r) => [r.ms, r.o, r.h, r.l, r.c, r.v])) },
  {
    name: "ccxt with texts, pretty",
    text: JSON.stringify(rows.map((r) => [r.ms, `${r.o}`, `${r.h}`, `${r.l}`, `${r.c}`, `${r.v}`]), null, 2),
  },
  {
    name: "Bitfinex: open, close, high, low",
    text: JSON.stringify(descending.map((r) => [r.ms, r.o, r.c, r.h, r.l, r.v])),
  },
  {
    name: "KuCoin: texts, newest first",
    text: JSON.stringify({
      code: "200000",
      data: descending.map((r) => [r.ms / 1000, r.o, r.c, r.h, r.l, r.v, r.v * r.c].map(String)),
    }),
  },
  {
    name: "Gate: volume first",
    text: JSON.stringify(rows.map((r) => [r.ms / 1000, r.v, r.c, r.h, r.l, r.o].map(String))),
  },
  {
    name: "Kraken JSON with a mean price",
    text: JSON.stringify({
      error: [],
      result: {
        XXBTZUSD: rows.map((
          r,
        ) => [r.ms / 1000, ...[r.o, r.h, r.l, r.c, (r.h + r.l) / 2, r.v].map(String), 4]),
        last: 1,
      },
    }),
  },
  {
    name: "OKX",
    text: JSON.stringify({
      code: "0",
      data: descending.map((r) => [r.ms, r.o, r.h, r.l, r.c, r.v, 1, 1, 1].map(String)),
    }),
  },
  {
    name: "Alpaca JSON",
    text: JSON.stringify({
      bars: rows.map((r) => ({ t: iso(r.ms), o: r.o, h: r.h, l: r.l, c: r.c, v: r.v, n: 1, vw: r.c })),
      symbol: "AAPL",
      next_page_token: null,
    }),
  },
  {
    name: "Polygon JSON",
    text: JSON.stringify({
      ticker: "AAPL",
      resultsCount: rowCount,
      results: rows.map((r) => ({ v: r.v, vw: r.c, o: r.o, c: r.c, h: r.h, l: r.l, t: r.ms, n: 3 })),
    }),
  },
  {
    name: "a chart of columns",
    text: JSON.stringify({
      chart: {
        result: [{
          meta: { symbol: "AAPL", regularMarketPrice: 1 },
          timestamp: rows.map((r) => r.ms / 1000),
          indicators: {
            quote: [{
              open: rows.map((r) => r.o),
              volume: rows.map((r) => r.v),
              high: rows.map((r) => r.h),
              close: rows.map((r) => r.c),
              low: rows.map((r) => r.l),
            }],
          },
        }],
        error: null,
      },
    }),
  },
  {
    name: "t, o, h, l, c, v",
    text: JSON.stringify({
      s: "ok",
      t: rows.map((r) => r.ms / 1000),
      o: rows.map((r) => r.o),
      h: rows.map((r) => r.h),
      l: rows.map((r) => r.l),
      c: rows.map((r) => r.c),
      v: rows.map((r) => r.v),
    }),
  },
  {
    name: "pandas to_json by column",
    text: JSON.stringify(Object.fromEntries((["o", "h", "l", "c", "v"] as const).map((key, index) => [
      ["Open", "High", "Low", "Close", "Volume"][index],
      Object.fromEntries(rows.map((r) => [r.ms, r[key]])),
    ]))),
  },
  {
    name: "pandas to_json split",
    text: JSON.stringify({
      columns: ["open", "high", "low", "close", "volume"],
      index: rows.map((r) => r.ms),
      data: rows.map((r) => [r.o, r.h, r.l, r.c, r.v]),
    }),
  },
  {
    name: "pandas to_json records",
    text: JSON.stringify(
      rows.map((r) => ({ date: iso(r.ms), open: r.o, high: r.h, low: r.l, close: r.c, volume: r.v })),
    ),
  },
  {
    name: "lines of JSON objects",
    text: lines(
      null,
      (r) => JSON.stringify({ ts: r.ms, open: r.o, high: r.h, low: r.l, close: r.c, volume: r.v }),
    ),
  },
  {
    name: "lines of JSON lists",
    text: lines(null, (r) => JSON.stringify([r.ms, r.o, r.h, r.l, r.c, r.v])),
  },
  {
    name: "Dukascopy",
    text: lines("Gmt time,Open,High,Low,Close,Volume", (r) => {
      const { Y, M, D, h, m, s } = part(r.ms);
      return `${D}.${M}.${Y} ${h}:${m}:${s}.000,${ohlc(r)},${r.v}`;
    }),
  },
  {
    name: "Dukascopy in local time with its offset",
    text: lines("Local time,Open,High,Low,Close,Volume", (r) => {
      const { Y, M, D, h, m, s } = part(r.ms + 3_600_000);
      return `${D}.${M}.${Y} ${h}:${m}:${s}.000 GMT+0100,${ohlc(r)},${r.v}`;
    }),
  },
  {
    name: "Interactive Brokers",
    text: lines("date,open,high,low,close,volume,average,barCount", (r) => {
      const { Y, M, D, h, m, s } = part(r.ms);
      return `${Y}${M}${D}  ${h}:${m}:${s},${ohlc(r)},${r.v},${r.c},4`;
    }),
  },
  {
    name: "Interactive Brokers with a zone",
    text: lines(
      ",date,open,high,low,close,volume,average,barCount",
      (r, index) =>
        `${index},${iso(r.ms - 5 * 3_600_000).slice(0, 19).replace("T", " ")}-05:00,${
          ohlc(r)
        },${r.v},${r.c},4`,
    ),
  },
  {
    name: "NinjaTrader",
    text: lines(null, (r) => {
      const { Y, M, D, h, m, s } = part(r.ms);
      return `${Y}${M}${D} ${h}${m}${s};${ohlc(r, ";")};${r.v}`;
    }),
  },
  {
    name: "Sierra Chart",
    text: lines("Date, Time, Open, High, Low, Last, Volume, NumberOfTrades, BidVolume, AskVolume", (r) => {
      const { Y, M, D, h, m, s } = part(r.ms);
      return `${Y}/${Number(M)}/${Number(D)}, ${h}:${m}:${s}.0, ${ohlc(r, ", ")}, ${r.v}, 4, 1, 2`;
    }),
  },
  {
    name: "FirstRateData",
    text: lines(null, (r) => `${iso(r.ms).slice(0, 19).replace("T", " ")},${ohlc(r)},${r.v}`),
  },
  {
    name: "Polygon flat file, nanoseconds",
    text: lines(
      "ticker,volume,open,close,high,low,window_start,transactions",
      (r) => `AAPL,${r.v},${r.o},${r.c},${r.h},${r.l},${r.ms}000000,42`,
    ),
  },
  {
    name: "Databento in 1e-9",
    text: lines(
      "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol",
      (r) =>
        `${r.ms}000000,33,1,5482,${[r.o, r.h, r.l, r.c].map((price) => `${price * 1e9}`).join()},${r.v},ESH5`,
    ),
  },
  {
    name: "Databento with pretty prices and times",
    text: lines(
      "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol",
      (r) =>
        `${iso(r.ms).slice(0, 19)}.000000000Z,33,1,5482,${
          [r.o, r.h, r.l, r.c].map((price) => price.toFixed(9)).join()
        },${r.v},ESH5`,
    ),
  },
  {
    name: "pandas to_csv with an index and an offset",
    text: lines(
      ",Open,High,Low,Close,Volume",
      (r) => `${iso(r.ms - 5 * 3_600_000).slice(0, 19).replace("T", " ")}-05:00,${ohlc(r)},${r.v}`,
    ),
  },
  {
    name: "LibreOffice in German",
    text: "\ufeff" + lines("Datum;Eröffnung;Hoch;Tief;Schluss;Volumen", (r) => {
      const { Y, M, D, h, m } = part(r.ms);
      return `${D}.${M}.${Y} ${h}:${m};${[r.o, r.h, r.l, r.c, r.v].map(comma).join(";")}`;
    }),
  },
  {
    name: "Excel in English, a 12-hour clock, month first",
    text: lines("Date\tTime\tOpen\tHigh\tLow\tClose\tVolume", (r) => {
      const { Y, M, D } = part(r.ms + 20 * dayMs);
      return `${Number(M)}/${Number(D)}/${Y}\t${clock12(r.ms)}\t${ohlc(r, "\t")}\t${r.v}`;
    }, rows.map((row) => ({ ...row }))),
  },
  {
    name: "names of months",
    everyMs: dayMs,
    text: lines("Date,Open,High,Low,Close,Volume", (r) => {
      const { Y, M, D } = part(r.ms);
      return `${D}-${short[Number(M) - 1]}-${Y},${ohlc(r)},${r.v}`;
    }, days),
  },
  {
    name: "investing.com: quoted, thousands, volumes in K",
    everyMs: dayMs,
    text: '\ufeff"Date","Price","Open","High","Low","Vol.","Change %"\n' + days.toReversed().map((r) => {
      const { Y, M, D } = part(r.ms);
      return [
        `${short[Number(M) - 1]} ${D}, ${Y}`,
        thousands(r.c),
        thousands(r.o),
        thousands(r.h),
        thousands(r.l),
        `${r.v / 1000}K`,
        "0.10%",
      ]
        .map((text) => `"${text}"`).join();
    }).join("\n"),
  },
  {
    name: "between bars, with remarks",
    text: "# made by hand\n" +
      lines("time|open|high|low|close|volume", (r) => `${iso(r.ms)}|${ohlc(r, "|")}|${r.v}`),
  },
  {
    name: "between blanks",
    text: lines(null, (r) => `${iso(r.ms).slice(0, 10)} ${iso(r.ms).slice(11, 19)} ${ohlc(r, " ")} ${r.v}`),
  },
  {
    name: "dates and times without separators in one number",
    text: lines(
      "Time,Open,High,Low,Close,Volume",
      (r) => `${iso(r.ms).slice(0, 19).replace(/\D/g, "")},${ohlc(r)},${r.v}`,
    ),
  },
];
