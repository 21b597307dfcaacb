import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { freePort } from "../helpers/free_port.ts";
import { hasPrograms, outputOf } from "../helpers/optional_program.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { watchText } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { onThisMachine, readUnit, withoutWriting } from "./systemd.ts";

const root = new URL("../../", import.meta.url);
const units = new URL("deploy/systemd/", root);
const names = ["backtest-api.service", "backtest-prune.service", "backtest-worker@.service"];
const withoutSystemd = !await hasPrograms("systemd-analyze");
const [program, ...sandbox] = withoutWriting;
const withoutSandbox = Deno.uid() !== 0 || !(await outputOf(program, [...sandbox, "true"]))?.success;
const postgres = embeddedPostgres();

/** What `systemd-analyze verify` says of a unit whose program is the Deno of the tests; empty when nothing. */
async function complaints(name: string, change: (text: string) => string = (text) => text): Promise<string> {
  await using folder = await temporaryFolder();
  // where the package puts Deno does not matter to whether the unit is right
  await Deno.symlink(Deno.execPath(), `${folder.path}/deno`);
  const write = async (each: string) => {
    const text = change(await Deno.readTextFile(new URL(each, units)));
    return await folder.write(
      each.replace("@.", "@9204."),
      text.replace("/usr/local/bin/deno", `${folder.path}/deno`),
    );
  };
  const path = await write(name);
  // what a timer starts lies beside it
  if (name.endsWith(".timer")) await write(name.replace(".timer", ".service"));
  const { success, stderr } = (await outputOf("systemd-analyze", ["verify", path]))!;
  return success ? "" : new TextDecoder().decode(stderr);
}

Deno.test(
  "systemd takes the units, and complains about a wrong one",
  { ignore: withoutSystemd },
  async () => {
    for (const name of [...names, "backtest-prune.timer"]) assert.equal(await complaints(name), "", name);
    const wrong = await complaints(names[0]!, (text) => text.replace("deno run", "no-such-program run"));
    assert.match(wrong, /no-such-program/);
  },
);

Deno.test("the units run commands with the permissions of their tasks, as nobody, with each secret in a file", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  for (const name of names) {
    const { text, args, env, credentials } = await readUnit(name);
    assert.match(text, /^DynamicUser=yes$/m);
    assert.match(text, /^ProtectSystem=strict$/m);
    const flags = args.slice(1, args.indexOf("src/main.ts"));
    const command = args[args.indexOf("src/main.ts") + 1]!;
    assert.ok(command in tasks, name);
    // the task lets it read everything, of which it gives up what the config does not name; or all variables but some
    const own = flags.filter((flag) => !/^--(node-modules-dir|cached-only|allow-read|allow-env)/.test(flag));
    for (const flag of own) {
      if (command === "jobs" && flag === "--ignore-env") continue;
      assert.ok(tasks[command].command.includes(` ${flag} `), `${name}: ${flag}`);
    }
    for (const flag of ["--allow-write", "--allow-run", "--allow-ffi"]) assert.ok(!args.includes(flag));
    const variables = flags.find((flag) => flag.startsWith("--allow-env="))!.split(/[=,]/);
    const files = Object.entries(env).filter(([variable]) => variable.endsWith("_FILE"));
    assert.deepEqual(files.map(([, path]) => path), credentials.map((credential) => `%d/${credential}`));
    for (const [variable] of files) {
      assert.ok(variables.includes(variable), `${name} may not read ${variable}`);
      assert.ok(!(variable.replace("_FILE", "") in env), variable);
    }
  }
});

Deno.test("13 the units start where nothing can be written, and the old jobs go", {
  ignore: withoutSandbox,
}, async () => {
  await using folder = await temporaryFolder();
  const dsn = await postgres.createDatabase();
  await withPool(dsn, (sql) => migrate(sql));
  const here = { credentials: folder.path, settings: folder.path, instance: String(freePort()) };
  await folder.write("strategy_pg_dsn", `${dsn}\n`);
  await folder.write("ch_password", "not asked for\n");
  await folder.write("jwt_secret", "k".repeat(32));
  const config = await folder.write(
    "backtest.yaml",
    "version: 1\nbacktest: { jobs: { retention_days: 30 } }\ncandles: { uploads: null }\n" +
      "api: { port: 0, auth: { mode: jwt, issuer: backtest, audience: backtest-api } }\n",
  );
  const start = async (name: string) => {
    const { args, env } = await readUnit(name);
    const { DENO_DIR: _, ...own } = env;
    const process = new Deno.Command(program, {
      args: [...sandbox, Deno.execPath(), ...args.map((arg) => onThisMachine(arg, here))],
      cwd: fileURLToPath(root),
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH")!,
        HOME: Deno.env.get("HOME")!,
        ROEHUB_BACKTEST_CONFIG: config,
        ...Object.fromEntries(Object.entries(own).map(([key, value]) => [key, onThisMachine(value, here)])),
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return { process, log: watchText(process.stderr), out: new Response(process.stdout).text() };
  };
  for (
    const [name, started] of [["backtest-api.service", "event=api_started"], [
      "backtest-worker@.service",
      "event=metrics_started",
    ]] as const
  ) {
    const { process, log, out } = await start(name);
    await log.saw(started);
    process.kill("SIGTERM");
    assert.equal((await process.status).code, 0, log.text());
    await Promise.all([log.closed, out]);
  }
  const { process, log, out } = await start("backtest-prune.service");
  assert.equal((await process.status).code, 0, log.text());
  await log.closed;
  assert.match(await out, /^No job that ended before/);
});
