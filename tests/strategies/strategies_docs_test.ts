import assert from "node:assert/strict";
import { plainTrades, strategy, strategyNames, winnerOf } from "./library.ts";
import type { PlainBars } from "./plain_bars.ts";
import { calculated, unitOf, valuesOf } from "./shown_values.ts";
import { runInProcess } from "../helpers/cli_in_process.ts";

// docs/strategies.md is read as anybody reads it: every cell, equation and comparison, and the trade, must be so.

const page = Deno.readTextFileSync(new URL("../../docs/strategies.md", import.meta.url));
const overview = new Map(
  [...page.matchAll(
    /^\| \[`([a-z0-9-]+)`\]\(\S+\) +\| \[(.+?)\]\(#\S+\): .+?\| .+?\| (\d+) +\| (.+?) +\|$/gm,
  )]
    .map((
      [, name, title, variants, first],
    ) => [name!, { title: title!, variants: Number(variants), first: first! }]),
);
const sections = new Map(
  page.split(/^### /m).slice(1).map((text) => [text.slice(0, text.indexOf("\n")), text]),
);

const trade =
  /^Trade (\d+) of `(.+?)`: (long|short) from ([\d-]+(?: [\d:]+)?) at ([\d.]+) to ([\d-]+(?: [\d:]+)?) at ([\d.]+), `(\w+)`, (-?[\d.]+) %\.$/m;

function isNear(value: number, text: string, message: string): void {
  assert.ok(Math.abs(value - Number(text)) <= unitOf(text) * 1.001, `${message}: ${value} is not ${text}`);
}

Deno.test("docs/strategies.md names every strategy, with its variants and the first row of its table", async () => {
  assert.deepEqual([...overview.keys()].sort(), strategyNames);
  for (const [name, { title, variants, first }] of overview) {
    assert.ok(sections.has(title), title);
    const { winner } = await winnerOf(name);
    const stop = winner.stopPct === null ? "" : `, stop ${winner.stopPct} %`;
    assert.equal(first, `\`${shown(winner.params)}${stop}\`: ${winner.totalReturnPct.toFixed(2)} %`, name);
    const path = `docs/examples/strategies/${name}.yaml`;
    const checked = JSON.parse((await runInProcess(["rules", "check", path, "--json"])).stdout);
    const stops = strategy(name).request.template.risk_grid?.sl;
    const levels = stops !== undefined && "values" in stops ? stops.values.length : 1;
    assert.equal(variants, checked.variants * levels, name);
  }
});

for (const [name, { title }] of overview) {
  Deno.test(`the trade of ${name} that docs/strategies.md does by hand is the engine's and that of plain arithmetic`, async () => {
    const text = sections.get(title)!;
    const found = await winnerOf(name);
    const { bars, winner } = found;
    const [, id, , direction, entry, entryFill, exit, exitFill, reason, result] = trade.exec(
      text.replaceAll(/(?<!\n)\n(?!\n)/g, " "),
    )!;
    for (const trades of [winner.trades, plainTrades(name, found).trades]) {
      const done = trades.find(({ trade_id }) => trade_id === Number(id))!;
      assert.equal(done.direction, direction);
      assert.equal(done.exit_reason, reason);
      assert.equal(bars.openMs[done.entry_bar_index], timeOf(entry!));
      assert.equal(bars.openMs[done.exit_bar_index], timeOf(exit!));
      isNear(done.entry_fill_price, entryFill!, "entry");
      isNear(done.exit_fill_price, exitFill!, "exit");
      isNear(100 * done.net_pnl_quote / done.entry_quote_amount, result!, "result");
    }
    assert.match(text, new RegExp(`\\* 100 = ${result!.slice(0, -1)}\\d\``), "the result is reckoned");
  });

  Deno.test(`every cell and equation of ${name} in docs/strategies.md is what its candles give`, async () => {
    const text = sections.get(title)!;
    const { bars } = await winnerOf(name);
    const { timeframe } = strategy(name).request.template;
    assert.ok(checkTable(text, { bars, timeframe }) > 1);
    const claims = [...text.matchAll(/`([-\d.+*/() \n]+?) (=|<|<=|>|>=|==) (-?[\d.]+)`/g)];
    assert.ok(claims.length >= 3, "at least the condition and the result");
    for (const [claim, left, relation, right] of claims) {
      const value = calculated(left!);
      if (relation === "=") isNear(value, right!, claim);
      else assert.ok(holds(value, { relation: relation!, right: Number(right) }), claim);
    }
  });
}

function shown(params: Readonly<Record<string, number>>): string {
  return Object.entries(params).map(([name, value]) => `${name}=${value}`).join(" ");
}

function timeOf(text: string): number {
  return Date.parse(text.includes(" ") ? `${text.replace(" ", "T")}Z` : text);
}

/** Compares the cells of a section's table; returns how many rows it has. */
function checkTable(
  text: string,
  { bars, timeframe }: { readonly bars: PlainBars; readonly timeframe: string },
): number {
  const cells = (line: string) => line.split(" | ").map((cell) => cell.replaceAll(/^\| *| *\|$/g, "").trim());
  const [head, , ...rows] = text.split("\n").filter((line) => line.startsWith("|"));
  const columns = cells(head!).slice(1).map((cell) => {
    const expression = cell.replaceAll("`", "");
    const price = bars[expression as keyof PlainBars];
    return { expression, values: price ?? valuesOf(expression, { bars, timeframe }) };
  });
  for (const row of rows) {
    const [time, ...shown] = cells(row);
    const t = bars.openMs.indexOf(timeOf(time!));
    assert.ok(t >= 0, `${time} is no bar`);
    columns.forEach(({ expression, values }, i) =>
      assert.equal(
        Number(values[t]!.toFixed(-Math.log10(unitOf(shown[i]!)))),
        Number(shown[i]),
        `${time} ${expression}`,
      )
    );
  }
  return rows.length;
}

function holds(
  value: number,
  { relation, right }: { readonly relation: string; readonly right: number },
): boolean {
  return {
    "<": value < right,
    "<=": value <= right,
    ">": value > right,
    ">=": value >= right,
    "==": value === right,
  }[
    relation
  ]!;
}
