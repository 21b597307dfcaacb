import assert from "node:assert/strict";
import { readClickHouseSettings } from "./settings.ts";

const defaults = {
  host: "localhost",
  port: 8123,
  database: "market_data",
  user: "default",
  password: "",
  secure: false,
  verify: true,
};

Deno.test("S001-04 readClickHouseSettings() reads every variable or takes its default", () => {
  assert.deepEqual(readClickHouseSettings({}), defaults);
  const env = {
    CH_HOST: " db ",
    CH_PORT: "9440",
    CH_DATABASE: "candles",
    CH_USER: "reader",
    CH_PASSWORD: " secret ",
    CH_SECURE: "1",
    CH_VERIFY: "0",
    CLICKHOUSE_DB: "ignored",
  };
  assert.deepEqual(readClickHouseSettings(env), {
    host: "db",
    port: 9440,
    database: "candles",
    user: "reader",
    password: " secret ",
    secure: true,
    verify: false,
  });
});

Deno.test("S001-05 readClickHouseSettings() takes an alias only where the first name is blank", () => {
  const aliases = { CLICKHOUSE_USER: "alias", CLICKHOUSE_PASSWORD: "hidden" };
  const { user, password } = readClickHouseSettings({ ...aliases, CH_USER: " ", CH_PASSWORD: "" });
  assert.deepEqual([user, password], ["alias", "hidden"]);
  const first = readClickHouseSettings({ ...aliases, CH_USER: "a", CH_PASSWORD: "b" });
  assert.deepEqual([first.user, first.password], ["a", "b"]);
  assert.equal(readClickHouseSettings({ CH_USER: "", CLICKHOUSE_USER: " " }).user, "default");
});

Deno.test("S001-06 readClickHouseSettings() takes 0 and 1 only as flags", () => {
  for (const variable of ["CH_SECURE", "CH_VERIFY"]) {
    for (const value of ["true", "", "01", " 1"]) {
      assert.throws(() => readClickHouseSettings({ [variable]: value }), {
        message: `Cannot use ClickHouse settings: ${variable} must be 0 or 1, got "${value}"`,
      });
    }
  }
});

Deno.test("readClickHouseSettings() refuses blank names and impossible ports", () => {
  for (const variable of ["CH_HOST", "CH_DATABASE"]) {
    assert.throws(() => readClickHouseSettings({ [variable]: " " }), {
      message: `Cannot use ClickHouse settings: ${variable} must not be blank, got " "`,
    });
  }
  for (const value of ["0", "-1", "8123.5", "http", "", "65536"]) {
    assert.throws(() => readClickHouseSettings({ CH_PORT: value }), {
      message: `Cannot use ClickHouse settings: CH_PORT must be an integer 1..65535, got "${value}"`,
    });
  }
});

Deno.test("readClickHouseSettings() takes host names and addresses only as CH_HOST", () => {
  for (const value of ["db", "db-1.example.com", "10.0.0.7", "::1", "[fe80::1]"]) {
    assert.equal(readClickHouseSettings({ CH_HOST: value }).host, value);
  }
  for (
    const value of [
      "db:9000",
      "http://db",
      "db/path",
      "bob@db",
      "d b",
      "1.2.3.4.5",
      "300.1.1.1",
      "[::1",
      "1:2:3",
    ]
  ) {
    assert.throws(() => readClickHouseSettings({ CH_HOST: value }), {
      message:
        `Cannot use ClickHouse settings: CH_HOST must be a host name or an address, without a port, got "${value}"`,
    });
  }
});
