import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { serverConnectionsMax } from "../../src/adapters/postgres/open_database.ts";
import { sharedClickHouse } from "../helpers/clickhouse.ts";
import { freePort } from "../helpers/free_port.ts";
import { mapped } from "../helpers/mapped.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { watchText } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { composeFile } from "./compose.ts";
import { type Block, commandsOf, deployBlocks } from "./deploy_page.ts";
import { manifests } from "./manifests.ts";
import { hasPrograms } from "../helpers/optional_program.ts";
import { secrets } from "./stack.ts";

const root = new URL("../../", import.meta.url);
const postgres = embeddedPostgres();
const clickHouse = await sharedClickHouse();
const withoutShell = !await hasPrograms("bash");
const withoutOpenssl = withoutShell || !await hasPrograms("openssl");
const withoutPromtool = withoutShell || !await hasPrograms("promtool");
const blocks = await deployBlocks();

/** The one block that holds a text. */
function block(text: string): Block {
  const found = blocks.filter((each) => each.text.includes(text));
  assert.equal(found.length, 1, `Blocks of docs/deploy.md with "${text}"`);
  return found[0]!;
}

const run = {
  roles: block("CREATE ROLE"),
  rights: block("ALTER DEFAULT PRIVILEGES"),
  connections: block("max_connections"),
  environment: block(".env, which git"),
  migrate: block("deno task migrate"),
  candles: block("deno task candles check"),
  workers: block("deno task worker"),
  probes: block("deploy/probe.ts"),
  rules: block("promtool"),
};

Deno.test("each block of docs/deploy.md is run by a test, or says what it needs", () => {
  const left = blocks.filter((each) => !Object.values(run).includes(each));
  for (const { needs, text } of left) {
    assert.ok(["Docker", "Kubernetes", "an administrator"].includes(needs ?? ""), text);
  }
  for (const each of Object.values(run)) assert.equal(each.needs, null, each.text);
});

async function exists(path: string): Promise<void> {
  await Deno.stat(new URL(path, root));
}

Deno.test("docs/deploy.md: what Docker is told to do speaks of services, flags of the image and files that are there", async () => {
  const { services } = await composeFile(secrets);
  const commands = blocks.filter(({ needs }) => needs === "Docker").flatMap(commandsOf);
  assert.ok(commands.length > 6);
  for (const command of commands) {
    const words = command.split(" ");
    assert.equal(words[0], "docker", command);
    if (words[1] === "compose") {
      assert.ok(["up", "ps", "run", "build", "exec"].includes(words[2]!), command);
      for (const [, name] of command.matchAll(/--scale (\w+)=|run --rm (\w+)/g)) {
        if (name) assert.ok(services[name]);
      }
      const [, service] = /(?:run --rm|exec) (\w+)/.exec(command) ?? [];
      if (service !== undefined) assert.ok(service in services, command);
    } else {
      assert.ok(["build", "push", "run"].includes(words[1]!), command);
      if (words[1] === "run") assert.equal(words.at(-1), services.worker!.image);
    }
    const [, argument] = /--build-arg (\w+)=/.exec(command) ?? [];
    if (argument) {
      assert.match(
        await Deno.readTextFile(new URL("Dockerfile", root)),
        new RegExp(`^ARG ${argument}=`, "m"),
      );
    }
  }
  const [image] = /registry\S+:1\.0\.0/.exec(block("docker build").text) ?? [];
  const kustomizations = (await manifests()).filter(({ kind }) => kind === "Kustomization");
  for (const { body } of kustomizations) assert.equal(`${body.images[0].newName}:1.0.0`, image);
});

Deno.test("docs/deploy.md: what Kubernetes is told to do speaks of files and objects that are there", async () => {
  const objects = await manifests();
  const named = new Set(objects.map(({ kind, body }) => `${kind.toLowerCase()}/${body.metadata?.name}`));
  const commands = blocks.filter(({ needs }) => needs === "Kubernetes").flatMap(commandsOf);
  assert.ok(commands.length > 12);
  for (const command of commands) {
    assert.match(command, /^kubectl (-n backtest )?(apply|create|wait|rollout|scale|delete|exec) /);
    for (const [, path] of command.matchAll(/(?: -f |--from-file=)(\S+)/g)) await exists(path!);
    for (const [, path] of command.matchAll(/-k (\S+)/g)) await exists(`${path}/kustomization.yaml`);
    for (const [object] of command.matchAll(/\b(?:deployment|job)\/\S+/g)) {
      assert.ok(named.has(object), object);
    }
  }
  const [secret, config] = mapped(
    ["create secret", "create configmap"],
    (text) => commands.find((command) => command.includes(text))!,
  );
  const keys = [...secret.matchAll(/--from-literal=(\w+)=/g)].map(([, key]) => key);
  const example = objects.find(({ kind }) => kind === "Secret")!.body;
  assert.deepEqual(keys.sort(), Object.keys(example.stringData).sort());
  assert.match(secret, new RegExp(`create secret generic ${example.metadata.name} `));
  const worker = objects.find(({ kind, body }) =>
    kind === "Deployment" && body.metadata.name === "backtest-worker"
  )!;
  const [volume] = worker.body.spec.template.spec.volumes;
  assert.match(config, new RegExp(`create configmap ${volume.configMap.name} --from-file=configs/prod$`));
});

Deno.test("13 docs/deploy.md: a token is made where the secret is, with the permissions that are written there", async () => {
  const commands = blocks.flatMap(commandsOf).filter((command) => command.includes(" api token "));
  assert.equal(commands.length, 2);
  for (const command of commands) {
    const [, args = ""] = / (?:-- )?\/bin\/deno run (.+)$/.exec(command) ?? [];
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--node-modules-dir=auto",
        "--no-check",
        ...args.replace("=/app", `=${fileURLToPath(root)}`).split(/\s+/),
      ],
      cwd: root,
      env: { ROEHUB_ENV: "prod", BACKTEST_JWT_SECRET: secrets.BACKTEST_JWT_SECRET },
      stdin: "null",
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.match(new TextDecoder().decode(stdout), /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  }
});

Deno.test("docs/deploy.md: a namespace is made before what is in it, migrations before what needs them", () => {
  const commands = blocks.filter(({ needs }) => needs === "Kubernetes").flatMap(commandsOf).slice(0, 8);
  const at = (text: string) => commands.findIndex((command) => command.includes(text));
  const order = [
    "namespace.yaml",
    "create configmap",
    "create secret",
    "environment.yaml",
    "kubernetes/migrate",
    "wait ",
  ];
  const places = [...order.map(at), commands.findIndex((command) => /-k deploy\/kubernetes$/.test(command))];
  assert.ok(places.every((place) => place >= 0));
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
});

/** Runs a block as a shell does, in a folder, with Deno on the path. */
async function shell(
  { text }: Block,
  { cwd, env }: { readonly cwd: string; readonly env: Record<string, string> },
) {
  await using folder = await temporaryFolder();
  await Deno.symlink(Deno.execPath(), `${folder.path}/deno`);
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-euo", "pipefail", "-c", text],
    cwd,
    env: { ...env, PATH: `${folder.path}:${Deno.env.get("PATH")}`, NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  const output = decoder.decode(stdout) + decoder.decode(stderr);
  assert.equal(code, 0, `${text}\n${output}`);
  return output;
}

Deno.test("docs/deploy.md: the secrets it makes are all that compose.yaml asks for", {
  ignore: withoutOpenssl,
}, async () => {
  await using folder = await temporaryFolder();
  await shell(run.environment, { cwd: folder.path, env: {} });
  const text = await Deno.readTextFile(`${folder.path}/.env`);
  const made = Object.fromEntries(text.trim().split("\n").map((line) => line.split("=")));
  assert.deepEqual(Object.keys(made).sort(), Object.keys(secrets).sort());
  for (const value of Object.values(made)) assert.match(value as string, /^[0-9a-f]{64}$/);
  assert.equal((await Deno.stat(`${folder.path}/.env`)).mode! & 0o077, 0);
  const { services } = await composeFile(made);
  assert.equal(
    new URL(services.worker!.environment.STRATEGY_PG_DSN!).password,
    made.POSTGRES_BACKTEST_PASSWORD,
  );
});

Deno.test({
  name: "docs/deploy.md: the alerts are as it says",
  ignore: withoutPromtool,
  async fn() {
    assert.ok((await shell(run.rules, { cwd: fileURLToPath(root), env: {} })).includes(run.rules.shows!));
  },
});

Deno.test({
  name: "docs/deploy.md: ClickHouse takes the statements for its administrator as statements",
  ignore: clickHouse.ignore,
  async fn() {
    const { text } = block("CREATE USER");
    const statements = text.replace(/^--.*\n/, "").split(";\n").filter((each) => each.trim() !== "");
    assert.equal(statements.length, 2);
    for (const statement of statements) await clickHouse.server().run(`EXPLAIN AST ${statement}`);
    await assert.rejects(clickHouse.server().run("EXPLAIN AST CREATE USER IF NOT backtest"), /Syntax error/);
  },
});

Deno.test({
  name: "docs/deploy.md: two roles, a schema, a candle table, and workers that are of use",
  ignore: clickHouse.ignore || withoutShell,
  async fn() {
    const admin = await postgres.createDatabase();
    await withPool(admin, async (sql) => {
      for (const statement of run.roles.text.split(";\n")) if (statement.trim()) await sql.unsafe(statement);
    });
    const dsn = (user: string, password: string) => {
      const url = new URL(admin);
      return Object.assign(url, { username: user, password, pathname: "/backtest" }).href;
    };
    await withPool(Object.assign(new URL(admin), { pathname: "/backtest" }).href, async (sql) => {
      await sql.unsafe(run.rights.text);
      assert.equal(typeof (await sql.unsafe(run.connections.text))[0]!.max_connections, "number");
    });
    for (
      const statement of (await Deno.readTextFile(new URL("deploy/clickhouse/candles.sql", root))).split(
        ";\n",
      )
    ) {
      if (statement.trim()) await clickHouse.server().run(statement);
    }
    const env = {
      POSTGRES_DSN: dsn("backtest_owner", "change-me"),
      STRATEGY_PG_DSN: dsn("backtest", "change-me-too"),
      ROEHUB_ENV: "prod",
      ...clickHouse.env("market_data"),
    };
    const cwd = fileURLToPath(root);
    assert.ok((await shell(run.migrate, { cwd, env })).includes(run.migrate.shows!));
    assert.ok((await shell(run.candles, { cwd, env })).includes(run.candles.shows!));
    const ports = [freePort(), freePort()];
    const here = (text: string) =>
      text.replaceAll("9204", String(ports[0])).replaceAll("9205", String(ports[1]));
    const workers = commandsOf(run.workers).map((line) => startTask(here(line), env));
    try {
      for (const worker of workers) await worker.saw(run.workers.logs!);
      await shell({ ...run.probes, text: here(run.probes.text) }, { cwd, env: {} });
    } finally {
      assert.deepEqual(await Promise.all(workers.map((worker) => worker.stop())), workers.map(() => 0));
    }
  },
});

/** Starts `deno task ... &` and leaves it running. */
function startTask(line: string, env: Record<string, string>) {
  const [deno, ...args] = line.replace(/ &$/, "").split(" ");
  assert.equal(deno, "deno");
  assert.match(line, / &$/);
  const process = new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const watched = watchText(process.stderr);
  return {
    saw: watched.saw,
    async stop() {
      process.kill("SIGTERM");
      const [{ code }] = await Promise.all([process.status, watched.closed]);
      return code;
    },
  };
}

Deno.test("docs/deploy.md: twenty workers and two APIs fit into the connections it asks for", async () => {
  const page = await Deno.readTextFile(new URL("docs/deploy.md", root));
  const [, each, fleet, max] = /hold[^.]*?a pool of (\w+), and one[\s\S]*?are (\d+)[\s\S]*?should be (\d+)/
    .exec(page)!;
  assert.equal(each, "ten");
  assert.equal(Number(fleet), 22 * (serverConnectionsMax + 1));
  assert.ok(Number(max) > Number(fleet));
  const { services } = parse(await Deno.readTextFile(new URL("compose.yaml", root)), { merge: true });
  assert.ok(services.postgres.command.includes(`max_connections=${max}`));
});
