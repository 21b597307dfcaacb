import assert from "node:assert/strict";
import { runInProcess } from "../helpers/cli_in_process.ts";

const page = Deno.readTextFileSync(new URL("../../docs/scenarios.md", import.meta.url));
const commands = [...page.matchAll(/^```sh\n(deno task scenario .+)\n```\n\n```text\n([^]*?)\n```$/gm)]
  .map(([, line, printed]) => ({ args: line!.replace("deno task ", "").split(" "), printed: printed! }));

Deno.test("docs/scenarios.md shows what its commands print", async () => {
  assert.equal(commands.length, 2);
  for (const { args, printed } of commands) {
    const { code, stdout, stderr } = await runInProcess(args);
    assert.equal(code, 0, stderr);
    assert.equal((stdout + stderr).trimEnd(), printed);
  }
});

interface Day {
  readonly date: string;
  readonly close: number;
  readonly calls: readonly [unhedged: boolean, hedged: boolean];
}

/** The days of the page's example as the program prints them. */
async function example(): Promise<readonly Day[]> {
  const { stdout } = await runInProcess([...commands[0]!.args, "--csv"]);
  const [head, ...lines] = stdout.trim().split("\n").map((line) => line.split(","));
  const column = (name: string) => head!.indexOf(name);
  return lines.filter(([slug]) => slug === "protective-put-95pct-12m").map((cells) => ({
    date: cells[column("date")]!,
    close: Number(cells[column("spot_close")]),
    calls: [
      cells[column("margin_call_unhedged")] === "true",
      cells[column("margin_call_hedged")] === "true",
    ],
  }));
}

Deno.test("the days that docs/scenarios.md does by hand are those of the program and of plain arithmetic", async () => {
  const days = await example();
  const rows = [
    ...page.matchAll(/^\| (2008-\d\d-\d\d) +\| ([\d.]+) +\| ([\d.]+) +\| ([\d.]+) +\| (\w+) +\|$/gm),
  ];
  assert.equal(rows.length, 16);
  const first = days.findIndex(({ date }) => date === rows[0]![1]);
  rows.forEach(([, date, close, unhedged, hedged, calls], index) => {
    const day = days[first + index]!;
    assert.equal(day.date, date, "no trading day is left out");
    assert.equal(day.close.toFixed(2), close);
    const [plain, withPayoff] = [90_000 / (100 * day.close), 90_000 / (100 * day.close + 7385.29)];
    assert.deepEqual([plain.toFixed(4), withPayoff.toFixed(4)], [unhedged, hedged]);
    const word = withPayoff >= 0.75 ? "both" : plain >= 0.75 ? "unhedged" : "none";
    assert.equal(calls, word);
    assert.deepEqual(day.calls, [plain >= 0.75, withPayoff >= 0.75]);
  });
});

Deno.test("the figures between the days of docs/scenarios.md are those of the candles", async () => {
  const days = await example();
  const on = (date: string) => days.find((day) => day.date === date)!.close;
  const strike = 0.95 * on("2007-06-01");
  assert.equal(on("2007-06-01").toFixed(2), "1536.34");
  assert.equal(strike.toFixed(2), "1459.52");
  assert.equal(new Date(Date.UTC(2007, 5, 1 + 365)).toISOString().slice(0, 10), "2008-05-31");
  assert.equal(new Date(Date.UTC(2008, 4, 31)).getUTCDay(), 6);
  assert.equal(days.find(({ date }) => date >= "2008-05-31")!.date, "2008-06-02");
  const payoff = 100 * (strike - on("2008-06-02"));
  assert.equal(payoff.toFixed(2), "7385.29");
  const bound = (90_000 / 0.75 - payoff) / 100;
  assert.equal((Math.floor(bound * 100) / 100).toFixed(2), "1126.14");
  const later = days.filter(({ date }) => date > "2008-10-02");
  assert.equal(Math.max(...later.map(({ close }) => close)).toFixed(2), "1099.23");
  assert.ok(later.every(({ calls }) => calls.every(Boolean)));
  const count = (which: 0 | 1, from: string, to: string) =>
    days.filter(({ date, calls }) => calls[which] && date >= from && date <= to).length;
  const [start, end] = ["2007-06-01", "2009-06-30"];
  assert.deepEqual([count(0, start, "2008-09-24"), count(0, "2008-09-29", end), count(0, start, end)], [
    4,
    190,
    194,
  ]);
  assert.deepEqual([count(1, start, "2008-09-29"), count(1, "2008-10-02", end), count(1, start, end)], [
    1,
    187,
    188,
  ]);
});
