/**
 * A ClickHouse engine behind the part of its HTTP interface that is used here: a statement as the body of a POST, or in
 * the query with its data as the body, `database`, `param_*` and settings in the query, user and password as basic
 * authorization. Runs as a process of its own until
 * its standard input ends; its first line of output is the port. Arguments: the folder chdb is in, a user, a password.
 */
import { createRequire } from "node:module";

interface Result {
  /** Seconds the engine took. */
  readonly elapsed: number;
  bytes(): Uint8Array<ArrayBuffer>;
}

interface Session {
  queryAsync(statement: string): Promise<Result>;
  queryBindAsync(
    statement: string,
    values: Readonly<Record<string, string>>,
    options: { readonly format: string },
  ): Promise<Result>;
  close(): void;
  cleanup(): void;
}

const [folder, user, password] = Deno.args;
const { Session } = createRequire(`${folder}/package.json`)("chdb") as { Session: new () => Session };
const session = new Session();
// as servers before 26.7 read decimals: good that nothing depends on it
await session.queryAsync("SET precise_float_parsing = 0");
const authorization = `Basic ${btoa(`${user}:${password}`)}`;
const escapes: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f", 0: "\0" };
const ofTheInterface: ReadonlySet<string> = new Set([
  "database",
  "query",
  "query_id",
  "default_format",
  "wait_end_of_query",
]);
let before: Promise<unknown> = Promise.resolve();

const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(port) },
  (request) => {
    const answered = before.then(() => answer(request));
    before = answered;
    return answered;
  },
);
await Deno.stdin.readable.pipeTo(new WritableStream());
await server.shutdown();
session.close();
session.cleanup();
Deno.exit(0);

async function answer(request: Request): Promise<Response> {
  if (request.headers.get("authorization") !== authorization) {
    return refusal("Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)", 403);
  }
  const query = new URL(request.url).searchParams;
  const values = [...query].flatMap(([name, value]) =>
    name.startsWith("param_") ? [[name.slice(6), unescaped(value)]] : []
  );
  const settings = [...query].filter(([name]) => !name.startsWith("param_") && !ofTheInterface.has(name));
  try {
    await session.queryAsync(`USE \`${query.get("database") ?? "default"}\``);
    for (const [name, value] of settings) await session.queryAsync(`SET ${name} = '${value}'`);
    const statement = [query.get("query"), await request.text()].filter((text) => text !== null).join("\n");
    const format = query.get("default_format") ?? "TSV";
    const result = await session.queryBindAsync(statement, Object.fromEntries(values), { format });
    for (const [name] of settings) await session.queryAsync(`SET ${name} = DEFAULT`);
    const summary = JSON.stringify({ elapsed_ns: String(Math.round(result.elapsed * 1e9)) });
    return new Response(result.bytes(), { headers: { "x-clickhouse-summary": summary } });
  } catch (error) {
    return refusal((error as Error).message, 500);
  }
}

/** The interface takes values as tab separated text has them, the engine as they are. */
function unescaped(value: string): string {
  return value.replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character);
}

function refusal(text: string, status: number): Response {
  const code = /Code: (\d+)/.exec(text)?.[1] ?? "1";
  return new Response(text, { status, headers: { "x-clickhouse-exception-code": code } });
}
