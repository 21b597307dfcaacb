import assert from "node:assert/strict";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { runProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

Deno.test("a strategy of docs/examples runs as written there and shows its parameters by name", async () => {
  const path = "docs/examples/strategies/golden-cross.yaml";
  const args = ["backtest", "--request", path, "--candles", "docs/examples/sp500-daily.csv"];
  const table = await runProgram(args);
  assert.equal(table.code, 0, table.stderr);
  assert.match(table.stdout, /│ parameters +│/);
  assert.match(table.stdout, /│ fast=\d+ slow=\d+/);
  const { variants } = JSON.parse((await runProgram([...args, "--json"])).stdout);
  assert.ok(variants.length > 0);
  for (const { payload } of variants) {
    assert.deepEqual(Object.keys(payload.rule_params), ["fast", "slow"]);
    assert.ok(payload.rule_params.fast < payload.rule_params.slow / 2);
  }
});

Deno.test("backtest names every fault of rules with member, position and what would help", async () => {
  const request = {
    time_range: { start: "2002-01-01", end: "2003-01-01" },
    template: {
      instrument_id: { market_id: 100, symbol: "SP500" },
      timeframe: "1d",
      execution: { fee_pct: 0.02 },
      rules: { long: { enter: "emaa(close, 5) > close", exit: 'col("mood") >' } },
    },
  };
  const path = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(path, JSON.stringify(request));
  const args = ["backtest", "--request", path, "--candles", "docs/examples/sp500-daily.csv"];
  const { code, stderr } = await runProgram(args);
  assert.equal(code, 1);
  assert.match(stderr, /body\.template\.rules\.long\.enter: unknown name "emaa" at 1: did you mean "ema"\?/);
  assert.match(stderr, /body\.template\.rules\.long\.exit: expected a value, found the end at 14/);
  assert.match(stderr, /; "rules check" with the file shows the place\n$/);
  const read = { ...request.template, rules: { long: { enter: 'col("mood") > 1' } } };
  await Deno.writeTextFile(path, JSON.stringify({ ...request, template: read }));
  assert.match(
    (await runProgram(args)).stderr,
    /col\("mood"\) from candles "docs\/examples\/sp500-daily.csv": there is no such column; there are no numeric/,
  );
  const both = { ...request.template, indicator_grids: [{ indicator_id: "ma.sma" }] };
  await Deno.writeTextFile(path, JSON.stringify({ ...request, template: both }));
  assert.match((await runProgram(args)).stderr, /indicator_grids.*left out beside rules/);
  await Deno.remove(path);
});

Deno.test("rules check shows what rules mean, and the faults of others with a caret", async () => {
  const path = "docs/examples/strategies/golden-cross.yaml";
  const { code, stdout } = await runProgram(["rules", "check", path]);
  assert.equal(code, 0);
  assert.match(stdout, /^long\.enter +crosses_above\(sma\(close, fast\), sma\(close, slow\)\)$/m);
  assert.match(stdout, /^variants +13 of 15 combinations$/m);
  assert.match(stdout, /^lookback +200 bars of 1d$/m);
  assert.match(stdout, /^series +3 of one variant, 9 of all$/m);
  const { rules_hash } = JSON.parse((await runProgram(["rules", "check", path, "--json"])).stdout);
  assert.match(rules_hash, /^[0-9a-f]{64}$/);
  const broken = await Deno.makeTempFile({ suffix: ".yaml" });
  const text = await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
  await Deno.writeTextFile(broken, text.replace("enter: crosses_above(quick", "enter: crosses_above(quik"));
  const refused = await runProgram(["rules", "check", broken]);
  assert.equal(refused.code, 1);
  assert.equal(
    refused.stderr,
    'rules.long.enter: unknown name "quik" at 15: did you mean "quick"?\n' +
      "  crosses_above(quik, slow_line)\n                ^\n",
  );
  await Deno.remove(broken);
});

Deno.test("rules check adds what helps a newcomer, and what YAML makes of a text is said", async () => {
  await using folder = await temporaryFolder();
  const example = await Deno.readTextFile(
    new URL("../../docs/examples/strategies/supertrend.yaml", import.meta.url),
  );
  const withEnter = (text: string) =>
    folder.write(
      "a.yaml",
      example.replace("enter: supertrend(window, width).direction == 1", `enter: ${text}`),
    );
  const refused = async (text: string) => {
    const { code, stderr } = await runInProcess(["rules", "check", await withEnter(text)]);
    assert.equal(code, 1, text);
    return stderr;
  };
  assert.equal(
    await refused("supertrend(window, width)[1] < close"),
    'rules.long.enter: unexpected "[" at 26\n  supertrend(window, width)[1] < close\n' +
      "                           ^\n  help: close[1] is prev(close, 1)\n",
  );
  assert.match(await refused("false"), /long\.enter: Input should be a text .*quote it\), got false\n$/);
  assert.match(
    await refused("!known(close)"),
    /Unresolved tag: !known\(close\) at line \d+ column \d+: .*quotes\n$/,
  );
});

Deno.test("a strategy that never trades says so", async () => {
  await using folder = await temporaryFolder();
  const example = await Deno.readTextFile(
    new URL("../../docs/examples/strategies/turtle.yaml", import.meta.url),
  );
  const mistaken = example.replace(/prev\(highest\(high, breakout\), 1\)/, "highest(high, breakout)").replace(
    "direction_mode",
    "#",
  ).replace(/ {4}short:\n.*\n.*\n/, "");
  const args = ["backtest", "--request", await folder.write("a.yaml", mistaken)];
  const { code, stdout } = await runInProcess([
    ...args,
    "--candles",
    "docs/examples/sp500-daily.csv",
    "--json",
  ]);
  assert.equal(code, 0);
  const { warnings, variants } = JSON.parse(stdout);
  assert.equal(variants.length, 3);
  assert.match(warnings.join("\n"), /^rule_no_trades: none of these 3 variants trades: /m);
});
