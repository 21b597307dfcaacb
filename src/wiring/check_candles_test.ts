import assert from "node:assert/strict";
import { testConfig } from "../../tests/helpers/config.ts";
import { memoryLog } from "../../tests/memory/log.ts";
import { checkCandles } from "./check_candles.ts";

const config = testConfig();

/** A server that answers as told, and counts its visitors. */
function serve(answer: () => Response | Promise<Response>) {
  let visits = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    visits++;
    return answer();
  });
  return {
    env: { CH_HOST: "127.0.0.1", CH_PORT: String(server.addr.port) },
    visits: () => visits,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const error = (code: number, type: string) => () =>
  new Response(`Code: ${code}. DB::Exception: secret rows. (${type})`, { status: 500 });

Deno.test("checkCandles() asks nobody where the files of a folder are read", async () => {
  await using server = serve(() => new Response());
  const log = memoryLog();
  await checkCandles({ env: { CH_PORT: server.env.CH_PORT }, config }, log);
  await checkCandles({ env: server.env, config, candlesDirectory: "data" }, log);
  assert.equal(server.visits(), 0);
  assert.deepEqual(log.lines, []);
});

Deno.test("checkCandles() warns of a server that is away, silent or refuses for a while, and goes on", async () => {
  const released = Promise.withResolvers<void>();
  const gone = serve(() => new Response());
  await gone[Symbol.asyncDispose]();
  const silent = serve(async () => {
    await released.promise;
    return new Response();
  });
  await using _ = silent;
  await using busy = serve(error(202, "TOO_MANY_SIMULTANEOUS_QUERIES"));
  const cases = [
    [gone, /127\.0\.0\.1:\d+ cannot be reached or broke off$/],
    [silent, /127\.0\.0\.1:\d+ did not answer within 1 s$/],
    [busy, /127\.0\.0\.1:\d+ refused: TOO_MANY_SIMULTANEOUS_QUERIES \(code 202\)$/],
  ] as const;
  for (const [{ env }, expected] of cases) {
    const log = memoryLog();
    await checkCandles({ env, config }, log);
    assert.deepEqual(log.lines.map(({ level, event }) => [level, event]), [["warn", "candles_unchecked"]]);
    assert.match(String(log.lines[0]!.fields.reason), expected);
  }
  released.resolve();
});

Deno.test("checkCandles() refuses what waiting does not mend, naming the variable to look at", async () => {
  const cases = [[60, "UNKNOWN_TABLE", "CH_DATABASE"], [497, "ACCESS_DENIED", "CH_USER"]] as const;
  for (const [code, type, variable] of cases) {
    await using server = serve(error(code, type));
    await assert.rejects(checkCandles({ env: server.env, config }, memoryLog()), (error: Error) => {
      assert.match(error.message, new RegExp(`refused: ${type} \\(code ${code}\\); look at ${variable}$`));
      assert.ok(!error.message.includes("secret"));
      return true;
    });
  }
});
