import assert from "node:assert/strict";
import { rawConnection } from "../helpers/raw_connection.ts";
import { runProgram, startProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const example = "docs/examples/sp500-daily.csv";
const request = Deno.readTextFileSync(new URL("../../docs/examples/sp500-sma-rsi.json", import.meta.url))
  .replace('"SP500"', '"MINE"');

Deno.test("candles that are brought to a running API are what its owner's jobs and runs are made of", async () => {
  await using folder = await temporaryFolder();
  const program = startProgram(["start", "--data", folder.path, "--port", "0"]);
  await program.saw("event=metrics_started");
  await program.saw("event=api_started");
  const url = /event=api_started url=(\S+)/.exec(program.stderr())![1]!;
  const candles = (...args: readonly string[]) => runProgram(["candles", ...args, "--api", url]);
  const instrument = ["--market", "100", "--symbol", "mine"];

  const brought = await candles("import", "--file", example, ...instrument);
  assert.equal(brought.code, 0, brought.stderr);
  assert.match(brought.stdout, /every 1d,.*\n.*: \d+ new, 0 replaced, 0 already there/);
  const listed = await candles("list");
  assert.match(listed.stdout, /100 +\S* *MINE .*1d .*sp500-daily\.csv/);

  const created = await fetch(`${url}/backtests/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: request,
  });
  const { job_id } = await created.json();
  assert.match(await (await fetch(`${url}/backtests/jobs/${job_id}/events`)).text(), /"state":"succeeded"/);
  const job = await (await fetch(`${url}/backtests/jobs/${job_id}`)).json();
  assert.equal(job.data.candles, "own");
  const run = await fetch(`${url}/backtests`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: request,
  });
  assert.equal((await run.json()).data.candles, "own");

  // a sender who goes in the middle of his body
  const incoming = () => [...Deno.readDirSync(`${folder.path}/uploads/.incoming`)].length;
  {
    using connection = await rawConnection(url);
    await connection.send(
      "POST /candles?market_id=1&symbol=X HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100000\r\n\r\n" +
        "ts_open,open,high,low,close\n",
    );
    while (incoming() === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  while (incoming() > 0) await new Promise((resolve) => setTimeout(resolve, 0));

  const deleted = await candles("delete", ...instrument);
  assert.equal(deleted.stdout, "deleted MINE of market 100: 1d\n");
  assert.equal((await candles("list")).stdout, `nothing was imported into ${url}\n`);
  const refused = await candles("delete", ...instrument);
  assert.deepEqual([refused.code, /were uploaded by you/.test(refused.stderr)], [1, true]);
  program.process.kill("SIGTERM");
  assert.equal((await program.ended()).code, 0);
});

Deno.test("--api takes no option that is about this machine", async () => {
  const args = [
    "candles",
    "import",
    "--file",
    example,
    "--market",
    "1",
    "--symbol",
    "X",
    "--api",
    "http://127.0.0.1:1",
  ];
  const { code, stderr } = await runProgram([...args, "--to", "folder"]);
  assert.deepEqual([code, stderr], [
    1,
    "Cannot use --to with --api: the API keeps candles where its own config says\n",
  ]);
  assert.match((await runProgram(args)).stderr, /^Cannot reach http:\/\/127\.0\.0\.1:1/);
});

Deno.test("an API whose folder for uploads cannot be written does not start", async () => {
  await using folder = await temporaryFolder();
  const path = await folder.write("backtest.yaml", `version: 1\ncandles: { uploads: ${folder.path}/else }\n`);
  const { code, stderr } = await runProgram(["api", "--config", path, "--port", "0"]);
  assert.equal(code, 1);
  assert.match(stderr, /candles\.uploads ".*else" cannot be written: .*; give the right to write there/);
});
