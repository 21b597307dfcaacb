import { SignJWT } from "jose";
import { BacktestClient } from "../../src/client/client.ts";
import { startProgram } from "./program.ts";
import type { WorkerWorld } from "./worker_world.ts";

/** An API process that users sign in to, over the database and the candles of a world. */
export interface ApiProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** A bearer token of a user, valid for an hour. */
  token(userId: string): Promise<string>;
  /** The client of a user. */
  client(userId: string): Promise<BacktestClient>;
}

/** What is not as in the world's config. */
export interface ApiProcessOptions {
  /** Changes the text of the config file. */
  readonly config?: (text: string) => string;
}

const secret = "a secret that only these tests know, and long enough";

/** Starts an API process in mode `jwt` on any free port; requests are not limited in number. */
export async function apiProcess(world: WorkerWorld, options: ApiProcessOptions = {}): Promise<ApiProcess> {
  const { config: change = (text: string) => text } = options;
  const text = (await Deno.readTextFile(world.configPath))
    .replace("auth: {", "auth: { mode: jwt,")
    .replace(/rate_limit: \{ requests: \d+/, "rate_limit: { requests: 100000000");
  const path = await world.folder.write("api.yaml", change(text));
  const program = startProgram(["api", "--config", path, "--port", "0"], {
    env: { ...world.env, BACKTEST_JWT_SECRET: secret },
  });
  await program.saw("auth=jwt");
  const url = /event=api_started url=(\S+)/.exec(program.stderr())![1]!;
  const token = (userId: string) =>
    new SignJWT({}).setProtectedHeader({ alg: "HS256" }).setSubject(userId).setExpirationTime("1h")
      .sign(new TextEncoder().encode(secret));
  return {
    url,
    pid: program.process.pid,
    token,
    client: async (userId) => new BacktestClient({ baseUrl: url, token: await token(userId) }),
    async [Symbol.asyncDispose]() {
      try {
        program.process.kill("SIGTERM");
      } catch {
        // it has ended by itself
      }
      await program.ended();
    },
  };
}
