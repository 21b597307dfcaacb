import assert from "node:assert/strict";
import { DirectoryCandleSource } from "../../src/adapters/candles/directory_candle_source.ts";
import { ClickHouseCandleTable } from "../../src/adapters/clickhouse/candle_table.ts";
import { readClickHouseSettings } from "../../src/adapters/clickhouse/settings.ts";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const rows = (...minutes: readonly number[]) =>
  ["t;o;h;l;c", ...minutes.map((minute) => `2025-01-01T00:0${minute}:00Z;1;2;0,5;1,5`)].join("\n");

Deno.test("a dry run towards ClickHouse needs no server: the file is checked against a table as it is made", async () => {
  // nothing listens there
  const settings = readClickHouseSettings({ CH_HOST: "127.0.0.1", CH_PORT: "1" });
  const table = new ClickHouseCandleTable(settings, { timeoutMs: 5000 });
  await using folder = await temporaryFolder();
  const import_ = async (text: string, ...flags: readonly string[]) => {
    const path = await folder.write("a.csv", text);
    return await runInProcess(
      ["candles", "import", "--file", path, "--market", "1", "--symbol", "X", "--json", ...flags],
      { table },
    );
  };
  const dry = await import_(rows(0, 1, 2), "--dry-run");
  assert.equal(dry.code, 0, dry.stderr);
  const { inserted, dry_run, guess } = JSON.parse(dry.stdout);
  assert.deepEqual([inserted, dry_run], [3, true]);
  assert.match(guess, /^read as CSV/);
  assert.match(dry.stderr, /not_compared: the table was not asked what it has: .*127\.0\.0\.1:1/);
  const bad = await import_(rows(0, 2, 1), "--dry-run");
  assert.deepEqual([bad.code, /line 4/.test(bad.stderr)], [1, true], bad.stderr);
  const real = await import_(rows(0, 1, 2));
  assert.deepEqual([real.code, /^Cannot use candle table/m.test(real.stderr)], [1, true], real.stderr);
});

Deno.test("a source of files says once a file what it told from it", async () => {
  await using folder = await temporaryFolder();
  await folder.write("1/X.csv", rows(0, 1, 2));
  const told: unknown[] = [];
  const source = new DirectoryCandleSource({ directory: folder.path, onGuess: (guess) => told.push(guess) });
  const startMs = Date.UTC(2025, 0, 1);
  const query = { instrument: { market_id: 1, symbol: "X" }, range: { startMs, endMs: startMs + 180_000 } };
  await source.load(query);
  await source.load(query);
  assert.equal(told.length, 1);
  assert.match(JSON.stringify(told), /"file":"1\/X\.csv","guess":"read as CSV/);
});
