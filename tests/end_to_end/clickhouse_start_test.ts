import assert from "node:assert/strict";
import { sharedClickHouse } from "../helpers/clickhouse.ts";
import { fastest } from "../helpers/fastest.ts";
import { runProgram } from "../helpers/program.ts";
import { taskPermissions } from "../helpers/task_permissions.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const clickHouse = await sharedClickHouse();
const limitMs = 2000;
const processes = [["worker"], ["api", "--port", "0"]] as const;
// never reached: what is looked at here comes first
const base = { STRATEGY_PG_DSN: "postgres://127.0.0.1:1/none", ROEHUB_ENV: "dev" };

interface Refusal {
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly says: RegExp;
}

/** Worker and API must both end in time, with exit code 1 and one line. */
async function refuseToStart({ env = {}, args = [], says }: Refusal): Promise<void> {
  for (const [task, ...rest] of processes) {
    const { ms, result } = await fastest(
      () =>
        runProgram([task, ...rest, ...args], {
          env: { ...base, ...env },
          permissions: taskPermissions(task),
        }),
      { limitMs },
    );
    assert.equal(result.code, 1, result.stderr);
    assert.match(result.stderr, says);
    assert.equal(result.stderr.trimEnd().split("\n").length, 1, result.stderr);
    assert.ok(ms < limitMs, `${task} took ${ms} ms: ${result.stderr}`);
  }
}

Deno.test("S001-06 a wrong CH_ variable ends the start of worker and API within 2 s with one line naming it", async () => {
  const cases: readonly [Readonly<Record<string, string>>, RegExp][] = [
    [{ CH_HOST: " " }, /CH_HOST must not be blank, got " "/],
    [{ CH_HOST: "http://db" }, /CH_HOST must be a host name .* got "http:\/\/db"/],
    [{ CH_HOST: "db", CH_PORT: "clickhouse" }, /CH_PORT must be an integer 1\.\.65535, got "clickhouse"/],
    [{ CH_HOST: "db", CH_PORT: "0" }, /CH_PORT .* got "0"/],
    [{ CH_HOST: "db", CH_DATABASE: "" }, /CH_DATABASE must not be blank, got ""/],
    [{ CH_HOST: "db", CH_SECURE: "true" }, /CH_SECURE must be 0 or 1, got "true"/],
    [{ CH_VERIFY: "2" }, /CH_VERIFY must be 0 or 1, got "2"/],
  ];
  for (const [env, says] of cases) await refuseToStart({ env, says });
});

Deno.test("S000-46 a config that is unknown, unreadable or wrong ends the start within 2 s with one line", async () => {
  await using folder = await temporaryFolder();
  const config = await Deno.readTextFile(new URL("../../configs/backtest.yaml", import.meta.url));
  const write = (name: string, text: string) => folder.write(`${name}/backtest.yaml`, text);
  const unknown = await write("unknown", config.replace("candles: {", "candles: { colour: red,"));
  const extra = await write("extra", `${config}\ncolour: red\n`);
  const broken = await write("broken", "version: [1");
  const cases: readonly [string, RegExp][] = [
    [unknown, /unknown\/backtest\.yaml": candles\.colour is not a known key/],
    [extra, /extra\/backtest\.yaml": colour is not a known key/],
    [broken, /broken\/backtest\.yaml": .* at line \d+ column \d+/],
    [folder.path, /: the file cannot be read/],
    [`${folder.path}/nowhere.yaml`, /nowhere\.yaml": the file does not exist/],
  ];
  for (const [path, says] of cases) await refuseToStart({ args: ["--config", path], says });
});

const columns: Readonly<Record<string, string>> = {
  market_id: "UInt16",
  symbol: "LowCardinality(String)",
  ts_open: "DateTime64(3, 'UTC')",
  open: "Nullable(Float64)",
  high: "Nullable(Float64)",
  low: "Nullable(Float64)",
  close: "Nullable(Float64)",
  volume_base: "Nullable(Float64)",
  ingested_at: "DateTime64(3, 'UTC')",
};

/** A database with a candle table whose columns are as said; null leaves one out. */
async function makeTable(database: string, changes: Readonly<Record<string, string | null>>): Promise<void> {
  const { run } = clickHouse.server();
  await run(`CREATE DATABASE ${database}`);
  const entries = Object.entries({ ...columns, ...changes }).filter(([, type]) => type !== null);
  const list = entries.map(([name, type]) => `${name} ${type}`).join(", ");
  await run(`CREATE TABLE ${database}.canonical_candles_1m (${list}) ENGINE = MergeTree ORDER BY tuple()`);
}

Deno.test({
  name: "a candle table that cannot be used ends the start within 2 s with one line naming column or setting",
  ignore: clickHouse.ignore,
  async fn() {
    const cases: readonly [Readonly<Record<string, string | null>>, RegExp][] = [
      [{ close: "String" }, /canonical_candles_1m: column close must be Float64, .* is "String"$/m],
      [{ volume_base: null }, /canonical_candles_1m: column volume_base is missing$/m],
      [{ ts_open: "Int64" }, /column ts_open must be DateTime64 or DateTime, is "Int64"/],
      [{ market_id: "String" }, /column market_id must be an integer type, is "String"/],
      [
        { symbol: "UInt32", ingested_at: null },
        /column symbol must be String, is "UInt32" \(and 1 more\).*ingested_at/,
      ],
    ];
    for (const [index, [changes, says]] of cases.entries()) {
      const database = `wrong_${index}`;
      await makeTable(database, changes);
      await refuseToStart({ env: clickHouse.env(database), says });
    }
    const { run } = clickHouse.server();
    await run("CREATE DATABASE empty");
    await refuseToStart({
      env: clickHouse.env("empty"),
      says: /empty\.canonical_candles_1m: .*UNKNOWN_TABLE.*CH_DATABASE/,
    });
    await refuseToStart({ env: clickHouse.env("nowhere"), says: /UNKNOWN_DATABASE.*CH_DATABASE/ });
    const stranger = { ...clickHouse.env("empty"), CH_PASSWORD: "hunter2" };
    await refuseToStart({
      env: stranger,
      says: /^(?!.*hunter2).*AUTHENTICATION_FAILED.*CH_USER and CH_PASSWORD/,
    });
  },
});
