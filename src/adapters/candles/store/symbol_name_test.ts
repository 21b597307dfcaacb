import assert from "node:assert/strict";
import fc from "fast-check";
import { namedSymbol, symbolName } from "./symbol_name.ts";
import { storedAs, storedName } from "./store_paths.ts";

Deno.test("symbolName() keeps what people write, and escapes what would be a path, a case or an ending", () => {
  const names: readonly (readonly [symbol: string, name: string | null])[] = [
    ["BTCUSDT", "BTCUSDT"],
    ["BTC/USDT", "BTC%2FUSDT"],
    ["BTC/USDT:USDT", "BTC%2FUSDT%3AUSDT"],
    ["EURUSD=X", "EURUSD=X"],
    ["^GSPC", "^GSPC"],
    ["BRK.B", "BRK.B"],
    ["M&M.NS", "M&M.NS"],
    ["BTC-USD", "BTC-USD"],
    ["..", "%2E%2E"],
    ["../1/X", "%2E.%2F1%2FX"],
    [".LOCK", "%2ELOCK"],
    ["X.", "X%2E"],
    ["X.CSV", "X%2ECSV"],
    ["X.CSV.ZIP", "X.CSV%2EZIP"],
    ["X.1H", "X%2E1H"],
    ["CON", "%43ON"],
    ["NUL.X", "%4EUL.X"],
    ["CONX", "CONX"],
    ["abc", "%61%62%63"],
    ["Ж", "%D0%96"],
    ["", null],
    ["\ud800", null],
    ["Ж".repeat(64), null],
  ];
  for (const [symbol, name] of names) assert.equal(symbolName(symbol), name, symbol);
});

// letters of both cases, dots, and what endings and devices are made of
const symbol = fc.array(
  fc.constantFrom(..."ABCZ019._-=^/\\:%~ ab", "é", "É", "ß", "CON", "NUL", ".CSV", ".ZIP", ".1H", ".PARQUET"),
  { minLength: 1, maxLength: 6 },
).map((parts) => parts.join(""));
const endings = [
  "",
  ".csv",
  ".csv.zip",
  ".zip",
  ".json",
  ".parquet",
  ".1h.parquet",
  ".1mo.parquet",
  ".1h.sources.json",
];

Deno.test("symbolName() gives two symbols two names, with any endings and in file systems that know no case", () => {
  fc.assert(
    fc.property(symbol, symbol, fc.constantFrom(...endings), fc.constantFrom(...endings), (a, b, x, y) => {
      const [first, second] = [symbolName(a)!, symbolName(b)!];
      assert.equal(namedSymbol(first), a);
      if (a !== b) assert.notEqual(`${first}${x}`.toUpperCase(), `${second}${y}`.toUpperCase());
      else if (x !== y) assert.notEqual(`${first}${x}`.toUpperCase(), `${second}${y}`.toUpperCase());
      assert.match(first, /^[A-Z0-9_=^+@#&!%-][A-Z0-9._=^+@#&!%-]*$/);
      assert.doesNotMatch(first, /\.$/);
      assert.doesNotMatch(first, /^(CON|PRN|AUX|NUL|COM\d|LPT\d)(\.|$)/);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("namedSymbol() takes no name that symbolName() would not have given", () => {
  for (const name of ["BTC%2fUSDT", "btc", "A%41", "%", "%FF", "X.CSV", ".X", ""]) {
    assert.equal(namedSymbol(name), null, name);
  }
});

Deno.test("storedAs() reads the symbol and the length of candles that storedName() wrote", () => {
  for (const symbol of ["BTC/USDT", "BRK.B", "X.1H", "^GSPC"]) {
    for (
      const timeframeMs of [1, 1000, 30_000, 60_000, 3_600_000, 86_400_000, 7 * 86_400_000, 2_629_746_000]
    ) {
      const name = storedName({ market_id: 1, symbol }, timeframeMs);
      assert.deepEqual(storedAs(name), { symbol, timeframeMs }, name);
    }
  }
  assert.equal(storedName({ market_id: 1, symbol: "X" }, 2_629_746_000), "X.1mo.parquet");
  for (
    const name of ["X.parquet", "X.1x.parquet", "x.1h.parquet", ".X.1h.parquet.partial", "X.1h.sources.json"]
  ) {
    assert.equal(storedAs(name), null, name);
  }
});
