import assert from "node:assert/strict";
import fc from "fast-check";
import { createLog } from "./log.ts";

function recorded() {
  const lines: string[] = [];
  const component = "backtest-job-runner";
  const write = (line: string) => lines.push(line);
  const log = createLog({ write, level: "debug", component, format: "json", nowMs: () => 0 });
  return { log, lines };
}

const job = { job_id: "j1", attempt: 2, locked_by: "host-1", trace_id: "0af7651916cd43dd8448eb211c80319c" };

Deno.test("S000-39 S001-14 createLog() writes one JSON object a line, the common members first and in order", () => {
  const { log, lines } = recorded();
  log.with(job).info("stage_finished", { total_units: 30, seconds: 0.5, stage: "stage_a" });
  assert.deepEqual(lines, [
    '{"ts":"1970-01-01T00:00:00.000Z","level":"info","component":"backtest-job-runner","event":"stage_finished",' +
    '"job_id":"j1","attempt":2,"locked_by":"host-1","stage":"stage_a",' +
    '"trace_id":"0af7651916cd43dd8448eb211c80319c","total_units":30,"seconds":0.5}',
  ]);
});

Deno.test("createLog() keeps the order whatever order the fields come in", () => {
  const { log, lines } = recorded();
  log.with({ trace_id: "t", seconds: 1, stage: "stage_b" }).warn("e", { locked_by: "h", job_id: "j" });
  log.with({ job_id: "j", locked_by: "h" }).warn("e", { stage: "stage_b", trace_id: "t", seconds: 1 });
  const names = ["ts", "level", "component", "event", "job_id", "locked_by", "stage", "trace_id", "seconds"];
  for (const line of lines) assert.deepEqual(Object.keys(JSON.parse(line)), names);
});

Deno.test("createLog() keeps types in JSON, and gives texts to what JSON has no form for", () => {
  const { log, lines } = recorded();
  const cyclic: Record<string, unknown> = { a: 1 };
  cyclic.self = cyclic;
  log.info("", {
    n: 1,
    b: true,
    nothing: null,
    left: undefined,
    list: [1, "x", undefined],
    nan: NaN,
    big: 2n,
    cyclic,
  });
  const { ts: _ts, level: _level, component: _component, ...rest } = JSON.parse(lines[0]!);
  assert.deepEqual(rest, {
    n: 1,
    b: true,
    nothing: null,
    list: [1, "x", null],
    nan: "NaN",
    big: "2",
    cyclic: { a: 1, self: "[cyclic]" },
  });
});

Deno.test("createLog() writes one line of JSON whatever the value", () => {
  fc.assert(fc.property(fc.anything(), fc.string({ unit: "binary" }), (value, text) => {
    const { log, lines } = recorded();
    log.info("e", { value, text });
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines[0]!, /[\p{Cc}\u2028\u2029]/u);
    assert.equal(JSON.parse(lines[0]!).event, "e");
  }));
});

Deno.test("S000-36 createLog() writes an error in JSON with its stack and its causes", () => {
  const { log, lines } = recorded();
  log.error("job_failed", { error: new TypeError("no\nluck", { cause: new Error("socket closed") }) });
  const { error, stack } = JSON.parse(lines[0]!);
  assert.equal(error, "no\nluck");
  assert.match(stack, /^TypeError: no\nluck\n +at [^]*\ncaused by: Error: socket closed\n +at /);
});

Deno.test("S000-37 createLog() hides secrets however deep in JSON they are", () => {
  const { log, lines } = recorded();
  const dsn = "postgres://ann:s3cret@db/x";
  log.with({ dsn }).error("e", {
    nested: { list: [{ dsn }], password: "s3cret", headers: { Authorization: "s3cret", accept: "*/*" } },
    token: "s3cret",
    body: '{"user":"ann","client_secret":"s3c\\"ret s3cret"}',
    words: "host=db user=ann password=s3cret dbname=x",
    header: "Authorization: Bearer s3cret.s3cret",
    query: "https://db/x?sslpassword=s3cret&a=1",
    error: new Error(`Cannot reach ${dsn}`, { cause: new Error(`password='s3cret' in ${dsn}`) }),
  });
  assert.doesNotMatch(lines[0]!, /s3c/);
  const line = JSON.parse(lines[0]!);
  assert.equal(line.dsn, "postgres://ann:***@db/x");
  assert.deepEqual(line.nested, {
    list: [{ dsn: "postgres://ann:***@db/x" }],
    password: "***",
    headers: { Authorization: "***", accept: "*/*" },
  });
  assert.equal(line.token, "***");
  assert.equal(line.body, '{"user":"ann","client_secret":"***"}');
  assert.equal(line.words, "host=db user=ann password=*** dbname=x");
  assert.equal(line.header, "Authorization: Bearer ***");
  assert.equal(line.query, "https://db/x?sslpassword=***&a=1");
});

Deno.test("S000-37 createLog() hides in text what it hides in JSON", () => {
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line), level: "info", component: "c" });
  log.info("e", { password: "s3cret", nested: { api_key: "s3cret" }, words: "password=s3cret" });
  assert.match(
    lines[0]!,
    / password=\*\*\* nested="\{\\"api_key\\":\\"\*\*\*\\"\}" words="password=\*\*\*"$/,
  );
});

Deno.test("createLog() survives a value that cannot be read", () => {
  const { log, lines } = recorded();
  const value = {
    get broken() {
      throw new Error("no");
    },
  };
  log.info("e", { value, after: 1 });
  const { value: written, after } = JSON.parse(lines[0]!);
  assert.deepEqual([written, after], ["[unreadable]", 1]);
});
