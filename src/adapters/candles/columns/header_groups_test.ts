import assert from "node:assert/strict";
import { namesOfOne } from "./header_groups.ts";

const of = (names: string, { labels = [], pick }: { labels?: string[]; pick?: string } = {}) =>
  namesOfOne(names.split(","), { labels: labels.map((line) => line.split(",")), pick }).join();

Deno.test("namesOfOne() takes the columns of the instrument above or below names that are there twice", () => {
  const names = "Price,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume";
  const labels = ["Ticker,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT"];
  assert.equal(of(names, { labels, pick: "msft" }), "Price,,Close,,High,,Low,,Open,,Volume");
  assert.throws(() => of(names, { labels }), {
    message: "it holds 2 instruments: AAPL, MSFT; --pick NAME takes one",
  });
  assert.throws(() => of(names, { labels, pick: "IBM" }), {
    message: '--pick "IBM": there is no such instrument in it; it holds AAPL, MSFT',
  });
});

Deno.test("namesOfOne() takes names with the instrument before or behind them", () => {
  assert.equal(of("time,BTC_open,BTC_high,BTC_low,BTC_close,BTC_volume"), "time,open,high,low,close,volume");
  assert.equal(of("time,Open AAPL,High AAPL,Low AAPL,Close AAPL"), "time,Open,High,Low,Close");
  assert.equal(
    of("date,A.Open,A.High,A.Low,A.Close,B.Open,B.High,B.Low,B.Close", { pick: "B" }),
    "date,,,,,Open,High,Low,Close",
  );
  assert.throws(() => of("time,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close"), {
    message: "it holds 2 instruments: ask, bid; --pick NAME takes one",
  });
});

Deno.test("namesOfOne() leaves a header of one instrument as it is, whatever stands below it", () => {
  const names = "Price,Close,High,Low,Open,Volume";
  assert.equal(of(names, { labels: ["Ticker,AAPL,AAPL,AAPL,AAPL,AAPL", "Date,,,,,"] }), names);
  assert.equal(of("ts_open,open,high,low,close,volume"), "ts_open,open,high,low,close,volume");
  assert.equal(of("a,b,c,d,e"), "a,b,c,d,e");
});
