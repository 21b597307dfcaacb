import assert from "node:assert/strict";
import fc from "fast-check";
import { createLog, type LogLevel } from "./log.ts";

const prefix = "ts=1970-01-01T00:00:00.000Z";

function recorded(level: LogLevel = "debug") {
  const lines: string[] = [];
  const component = "backtest-job-runner";
  const log = createLog({ write: (line) => lines.push(line), level, component, nowMs: () => 0 });
  return { log, lines };
}

Deno.test("S000-39 S001-14 createLog() writes the bound and the own members of an event on one line", () => {
  const { log, lines } = recorded();
  const job = log.with({ job_id: "j1", attempt: 2, locked_by: "host-1" });
  job.info("stage_started", { stage: "stage_a" });
  job.with({ attempt: 3 }).warn("lease_lost", { stage: "stage_b", note: undefined });
  assert.deepEqual(lines, [
    `${prefix} level=info component=backtest-job-runner event=stage_started job_id=j1 attempt=2 locked_by=host-1 ` +
    "stage=stage_a",
    `${prefix} level=warn component=backtest-job-runner event=lease_lost job_id=j1 attempt=3 locked_by=host-1 ` +
    "stage=stage_b",
  ]);
});

Deno.test("S001-09 createLog() leaves out an empty event", () => {
  const { log, lines } = recorded();
  log.info("", { status: "disabled", config_path: "configs/dev/backtest.yaml" });
  assert.deepEqual(lines, [
    `${prefix} level=info component=backtest-job-runner status=disabled config_path=configs/dev/backtest.yaml`,
  ]);
});

Deno.test("createLog() quotes what would not be one plain word", () => {
  const { log, lines } = recorded();
  log.info("e", {
    a: "",
    b: "two words",
    c: 'say "x"',
    d: "a=b",
    e: "x\ny",
    f: "\u2028",
    g: null,
    h: [1, { i: 2n }],
  });
  assert.equal(
    lines[0]!.slice(lines[0]!.indexOf("a=")),
    String.raw`a="" b="two words" c="say \"x\"" d="a=b" e="x\ny" f="\u2028" g=null h="[1,{\"i\":\"2\"}]"`,
  );
});

Deno.test("createLog() writes one line whatever the value", () => {
  fc.assert(fc.property(fc.anything(), fc.string({ unit: "binary" }), (value, text) => {
    const { log, lines } = recorded();
    log.info("e", { value, text });
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines[0]!, /[\p{Cc}\u2028\u2029]/u);
  }));
});

Deno.test("S000-36 createLog() writes an error with its stack and its causes", () => {
  const { log, lines } = recorded();
  const cause = new Error("socket closed");
  log.error("job_failed", { error: new TypeError("no\nluck", { cause }), stage: "stage_a" });
  assert.match(
    lines[0]!,
    /event=job_failed error="no\\nluck" stack="TypeError: no\\nluck\\n +at .*" stage=stage_a$/,
  );
  assert.match(lines[0]!, /\\ncaused by: Error: socket closed\\n +at /);
});

Deno.test("S000-37 createLog() hides passwords in values, nested values, messages and stacks", () => {
  const { log, lines } = recorded();
  const dsn = "postgres://ann:s3cret@db/x";
  log.with({ dsn }).error("e", { nested: { dsn }, list: [dsn], error: new Error(`Cannot reach ${dsn}`) });
  assert.doesNotMatch(lines[0]!, /s3cret/);
  assert.equal(lines[0]!.split("postgres://ann:***@db/x").length - 1, 5);
});

Deno.test("createLog() applies the caller's redaction as well", () => {
  const lines: string[] = [];
  const redact = (text: string) => text.replaceAll("hunter2", "***");
  createLog({ write: (line) => lines.push(line), level: "info", component: "c", redact }).info("e", {
    a: "hunter2",
  });
  assert.match(lines[0]!, /a=\*\*\*$/);
});

Deno.test("S004-20 createLog() writes nothing below its level", () => {
  for (const [level, count] of [["debug", 4], ["info", 3], ["warn", 2], ["error", 1], ["off", 0]] as const) {
    const { log, lines } = recorded(level);
    log.debug("e");
    log.info("e");
    log.warn("e");
    log.error("e");
    assert.equal(lines.length, count, level);
  }
});

Deno.test("createLog() cuts a long text and says how much is missing, secrets hidden first", () => {
  const { log, lines } = recorded();
  log.info("e", { symbol: `password=${"x".repeat(9000)} ${"a".repeat(900_000)}`, after: 1 });
  assert.match(lines[0]!, / symbol="password=\*\*\* a{8179}\.\.\. \(891821 more\)" after=1$/);
});

Deno.test("createLog() writes a bounded line whatever a value holds", () => {
  const { log, lines } = recorded();
  const members = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`member_${i}`, "x"]));
  const lists = Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => null));
  log.info("e", { members, lists, error: new Error("y".repeat(500_000)) });
  assert.ok(lines[0]!.length < 300_000, `${lines[0]!.length} characters`);
  assert.match(lines[0]!, /\[cut\]/);
  assert.match(lines[0]!, / error="?y{8192}\.\.\. \(491808 more\)/);
});
