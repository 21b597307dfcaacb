import assert from "node:assert/strict";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { type PostgresApi, postgresApi } from "../helpers/postgres_api.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";

const server = embeddedPostgres();
const path = "/backtests/jobs";
const strangerId = "22222222-2222-4222-8222-222222222222";
const maxId = "ffffffff-ffff-4fff-bfff-ffffffffffff";

interface Cursor {
  readonly created_at: string;
  readonly job_id: string;
}

const encode = (value: unknown) => encodeText(typeof value === "string" ? value : JSON.stringify(value));
const encodeText = (text: string) =>
  new TextEncoder().encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
const decode = (cursor: string): Cursor =>
  JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(cursor, { alphabet: "base64url" })));

/** `count` cancelled jobs of a user, newest first, all of one time: their ids alone order them. */
async function jobsOf(api: PostgresApi, user: string, count: number): Promise<readonly string[]> {
  for (let n = 0; n < count; n++) {
    const { json } = await api.send("POST", path, { body: requestBody(), user });
    await api.send("POST", `${path}/${json.job_id}/cancel`, { user });
  }
  await api.sql`
    UPDATE backtest_jobs SET created_at = (
      SELECT date_trunc('second', min(created_at)) FROM backtest_jobs WHERE user_id = ${user}::uuid
    ) WHERE user_id = ${user}::uuid`;
  const rows = await api.sql<{ job_id: string }[]>`
    SELECT job_id FROM backtest_jobs WHERE user_id = ${user}::uuid ORDER BY created_at DESC, job_id DESC`;
  return rows.map(({ job_id }) => job_id);
}

async function page(api: PostgresApi, cursor: string, { user = userId, limit = 25 } = {}) {
  const query = `limit=${limit}&cursor=${encodeURIComponent(cursor)}`;
  const { status, json, text } = await api.send("GET", `${path}?${query}`, { user });
  assert.equal(status, 200, text);
  const ids: readonly string[] = json.items.map(({ job_id }: { job_id: string }) => job_id);
  return { ids, next: json.next_cursor as string | null, text };
}

async function pages(api: PostgresApi, options: { readonly user?: string; readonly limit?: number } = {}) {
  const all: (readonly string[])[] = [];
  const cursors: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const { ids, next } = await page(api, cursor, options);
    all.push(ids);
    cursor = next;
    if (next !== null) cursors.push(next);
  }
  return { all, cursors };
}

Deno.test("S000-11 S001-28 S001-29 GET /backtests/jobs?limit=25 pages 60 jobs of equal times as 25, 25 and 10, from any replica", async () => {
  await using api = await postgresApi(await server.createDatabase());
  const expected = await jobsOf(api, userId, 60);
  await jobsOf(api, strangerId, 5);
  const { all, cursors } = await pages(api);
  assert.deepEqual(all.map(({ length }) => length), [25, 25, 10]);
  assert.deepEqual(all.flat(), expected);
  for (const [i, cursor] of cursors.entries()) {
    assert.match(cursor, /^[A-Za-z0-9_-]+$/);
    const { created_at, job_id, ...rest } = decode(cursor);
    assert.deepEqual([job_id, rest], [all[i]!.at(-1), {}]);
    assert.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.equal((await page(api, cursor)).text, (await page(api, cursor)).text);
  }
  assert.deepEqual((await pages(api, { limit: 60 })).all, [expected]);
  assert.deepEqual((await pages(api, { limit: 59 })).all.map(({ length }) => length), [59, 1]);
});

Deno.test("a cursor written again by other hands stands for the same page", async () => {
  await using api = await postgresApi(await server.createDatabase());
  await jobsOf(api, userId, 6);
  const cursor = (await page(api, "", { limit: 2 })).next!;
  const { text } = await page(api, cursor, { limit: 2 });
  const { created_at, job_id } = decode(cursor);
  const short = created_at.replace(".000Z", "Z");
  const same = [
    `${cursor}${"=".repeat((4 - cursor.length % 4) % 4)}`,
    encode({ job_id, created_at }),
    encode(`{ "created_at": "${created_at}",\n  "job_id": "${job_id}" }`),
    encode({ created_at: short, job_id }),
    encode({ created_at: short.replace("Z", "+00:00"), job_id }),
    encode({ created_at: short.replace("Z", ".000000999Z"), job_id: job_id.toUpperCase() }),
    ` ${cursor} `,
  ];
  for (const other of same) assert.equal((await page(api, other, { limit: 2 })).text, text, other);
});

Deno.test("a cursor cut anywhere is refused with the one item", async () => {
  await using api = await postgresApi(await server.createDatabase());
  await jobsOf(api, userId, 3);
  const cursor = (await page(api, "", { limit: 1 })).next!;
  const cuts = [
    ...Array.from({ length: cursor.length - 1 }, (_, n) => cursor.slice(0, n + 1)),
    ...Array.from({ length: cursor.length - 1 }, (_, n) => cursor.slice(n + 1)),
  ];
  for (const cut of cuts) await requireRefused(api, cut);
});

Deno.test("a cursor with a changed field is refused, or a place in the caller's own list, never an error of ours", async () => {
  await using api = await postgresApi(await server.createDatabase());
  const ids = await jobsOf(api, userId, 4);
  const { created_at, job_id } = decode((await page(api, "", { limit: 2 })).next!);
  const refused: readonly unknown[] = [
    ...["2026-01-01T00:00:00+02:00", "2026-01-01T00:00:00", "2026-01-01", "now", "", "2026-02-30T00:00:00Z"],
    ...[
      "2026-13-01T00:00:00Z",
      "0000-01-01T00:00:00Z",
      "-00001-01-01T00:00:00Z",
      "infinity",
      "10000-01-01T00:00:00Z",
    ],
    ...[1_767_225_600_000, null, true, [created_at], { created_at }],
  ];
  for (const created_at of refused) await requireRefused(api, encode({ created_at, job_id }));
  for (
    const id of ["", "x", `${job_id} `, `{${job_id}}`, job_id.slice(1), 7, null, [job_id], "' OR true --"]
  ) {
    await requireRefused(api, encode({ created_at, job_id: id }));
  }
  for (const value of [{ created_at }, { job_id }, {}, [], [created_at, job_id], 7, "null", '"x"', "{"]) {
    await requireRefused(api, encode(value));
  }
  for (const text of ["%", "a b", "é", "=", "====", "\u0000", encodeText("\ud800").slice(0, 3)]) {
    await requireRefused(api, text);
  }
  const placed: readonly (readonly [Cursor, readonly string[]])[] = [
    [{ created_at: "0001-01-01T00:00:00Z", job_id }, []],
    [{ created_at: "9999-12-31T23:59:59.999Z", job_id }, ids],
    [{ created_at: "2999-01-01T00:00:00Z", job_id: maxId }, ids],
    [{ created_at, job_id: ids[0]! }, ids.slice(1)],
  ];
  for (const [cursor, expected] of placed) assert.deepEqual((await page(api, encode(cursor))).ids, expected);
});

Deno.test("S004-21 a cursor of another user shows nothing but the caller's own jobs", async () => {
  await using api = await postgresApi(await server.createDatabase());
  const mine = await jobsOf(api, userId, 4);
  const theirs = await jobsOf(api, strangerId, 4);
  await api.sql`UPDATE backtest_jobs SET created_at = '2026-01-01T00:00:00Z'`;
  const cursor = (await page(api, "", { user: strangerId, limit: 2 })).next!;
  const place = decode(cursor).job_id;
  assert.ok(theirs.includes(place));
  const { ids } = await page(api, cursor);
  assert.deepEqual(ids, mine.filter((id) => id < place).sort().reverse());
});

async function requireRefused(api: PostgresApi, cursor: string): Promise<void> {
  const { status, text } = await api.send("GET", `${path}?cursor=${encodeURIComponent(cursor)}`);
  assert.deepEqual([cursor, status, text], [cursor, 422, refusal]);
}

const refusal = JSON.stringify({
  error: {
    code: "validation_error",
    message: "Invalid jobs cursor",
    details: {
      errors: [{ path: "query.cursor", code: "invalid_cursor", message: "cursor must be base64url(json)" }],
    },
  },
});
