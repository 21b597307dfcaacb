import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { sharedClickHouse } from "../helpers/clickhouse.ts";
import { type ProgramOptions, runProgram, startProgram } from "../helpers/program.ts";
import { taskPermissions } from "../helpers/task_permissions.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const clickHouse = await sharedClickHouse();
const permissions = taskPermissions("candles");
const example = fileURLToPath(new URL("../../docs/examples/sp500-daily.csv", import.meta.url));
const target = ["--market", "1", "--symbol", "spx"];

function candles(args: readonly string[], options: ProgramOptions = {}) {
  return runProgram(["candles", ...args], { permissions, ...options });
}

Deno.test("candles import refuses a bad command line with exit code 2", async () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [["--file", "x", "--market", "0", "--symbol", "S"], /expected an integer > 0, got "0"/],
    [["--file", "x", "--market", "1", "--symbol", " "], /expected a list or text that is not empty, got " "/],
    [["--file", "x", "--market", "1", "--symbol", "A B"], /expected a symbol without spaces .*, got "A B"/],
    [["--file", "x", ...target, "--candle-timeframe", "2w"], /expected a timeframe, .*, got "2w"/],
    [["--file", "x", "--market", "1"], /--symbol/],
    [target, /--file/],
  ];
  for (const [args, says] of cases) {
    const { code, stderr } = await candles(["import", ...args]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
  }
});

Deno.test({
  name: "candles import prints one object with --json, and one line for a file that does not fit",
  ignore: clickHouse.ignore,
  async fn() {
    const env = clickHouse.env("commands");
    const daily = ["import", "--file", example, ...target];
    const refused = await candles([...daily, "--create-table"], { env });
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /^Cannot import candles ".*": its rows are 1d apart or more, .*\n$/,
    );
    assert.equal(refused.stdout, "");
    const { code, stdout, stderr } = await candles([...daily, "--candle-timeframe", "1m", "--json"], { env });
    assert.equal(code, 0, stderr);
    const { table, ...result } = JSON.parse(stdout);
    assert.match(table, /^commands\.canonical_candles_1m at 127\.0\.0\.1:\d+$/);
    assert.deepEqual(result, {
      rows: 5105,
      first_ts_open: "2000-01-03T00:00:00Z",
      last_ts_open: "2020-04-17T00:00:00Z",
      inserted: 5105,
      replaced: 0,
      unchanged: 0,
      skipped: 0,
      warnings: [],
      guess: null,
      dry_run: false,
    });
    const rows = await clickHouse.server().run(
      "SELECT any(symbol), count() FROM commands.canonical_candles_1m",
    );
    assert.equal(rows, "SPX\t5105\n");
    await using folder = await temporaryFolder();
    const bad = await folder.write(
      "bad.csv",
      "ts_open,open,high,low,close,volume\n1704067200000,1,1,1,1,1\n1704067260000,1,,x,1,1\n",
    );
    const wrong = await candles(["import", "--file", bad, ...target], { env });
    assert.equal(wrong.code, 1);
    assert.equal(wrong.stderr, `Cannot read candles "${bad}" line 3: low must be a number, got "x"\n`);
  },
});

Deno.test("candles import that is interrupted says so in one line", async () => {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async () => {
    asked.resolve();
    await released.promise;
    return new Response();
  });
  const env = { CH_HOST: "127.0.0.1", CH_PORT: String(server.addr.port) };
  const program = startProgram(["candles", "import", "--file", example, ...target], { env, permissions });
  await asked.promise;
  program.process.kill("SIGINT");
  const { code, stderr } = await program.ended();
  released.resolve();
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot finish the import of ".*": interrupted; run it again for the rest\n$/);
});
