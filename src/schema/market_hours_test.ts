import assert from "node:assert/strict";
import { parseConfig } from "../config.ts";

const shipped = await Deno.readTextFile(new URL("../../configs/backtest.yaml", import.meta.url));

Deno.test("parseConfig() reads when a market is open, and refuses hours that say nothing", () => {
  const read = (hours: string, calendar = "sessions") =>
    parseConfig(
      shipped.replace("\nmarkets:\n", `\nmarkets:\n  7: { calendar: ${calendar}, hours: ${hours} }\n`),
      { path: "c.yaml", cpuCount: 1 },
    ).markets[7]?.hours;
  assert.deepEqual(
    read(
      "{ zone: America/New_York, open: [Mon-Fri 09:30-16:00], closed: [2025-12-25], short: { 2025-11-28: 09:30-13:00 } }",
    ),
    {
      zone: "America/New_York",
      sessions: [{ days: [1, 2, 3, 4, 5], fromMinute: 570, toMinute: 960 }],
      closed: new Set(["2025-12-25"]),
      short: new Map([["2025-11-28", { fromMinute: 570, toMinute: 780 }]]),
    },
  );
  const cases: readonly [string, RegExp][] = [
    [
      "{ zone: Mars, open: [Mon 09:00-10:00] }",
      /markets\.7\.hours\.zone must be a zone such as .*got "Mars"/,
    ],
    ["{ zone: UTC, open: [] }", /markets\.7\.hours\.open must be a session/],
    [
      "{ zone: UTC, open: [Monday 9-5] }",
      /markets\.7\.hours\.open\.0 must be days and times such as .*got "Monday 9-5"/,
    ],
    [
      "{ zone: UTC, open: [Mon 09:00-10:00], closed: [2025-02-30] }",
      /closed\.0 must be a day such as .*got "2025-02-30"/,
    ],
    [
      "{ zone: UTC, open: [Mon 09:00-10:00], short: { 2025-02-03: noon } }",
      /short\.2025-02-03 must be times such as/,
    ],
    ["{ zone: UTC, open: [Mon 09:00-10:00], holidays: [] }", /markets\.7\.hours/],
  ];
  for (const [hours, message] of cases) assert.throws(() => read(hours), message, hours);
  assert.throws(
    () => read("{ zone: UTC, open: [Mon 09:00-10:00] }", "continuous"),
    /markets\.7\.hours must be absent where calendar is continuous/,
  );
});
