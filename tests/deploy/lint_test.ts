import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { DCLinter } from "dclint";
import { validate } from "dockerfile-utils";
import { composeFile, type Service } from "./compose.ts";
import { dockerfileStages } from "./dockerfile.ts";
import { hasPrograms } from "../helpers/optional_program.ts";
import { secrets } from "./stack.ts";

const root = new URL("../../", import.meta.url);
const dockerfile = await Deno.readTextFile(new URL("Dockerfile", root));
const withoutHadolint = !await hasPrograms("hadolint");

Deno.test("the Dockerfile has no finding of dockerfile-utils, which does find things", () => {
  const found = (text: string) => validate(text).map(({ message }) => message);
  assert.deepEqual(found(dockerfile), []);
  assert.notDeepEqual(found(dockerfile.replace("WORKDIR /app", "WORKDIR app\nMAINTAINER me")), []);
});

Deno.test({
  name: "the Dockerfile has no finding of hadolint",
  ignore: withoutHadolint,
  async fn() {
    const { code, stdout } = await new Deno.Command("hadolint", { args: ["Dockerfile"], cwd: root }).output();
    assert.equal(new TextDecoder().decode(stdout), "");
    assert.equal(code, 0);
  },
});

Deno.test("the Dockerfile's bases are pinned, of one version, and the one CI tests with", async () => {
  const bases = dockerfileStages(dockerfile).map(({ base }) => base);
  assert.deepEqual(bases, ["denoland/deno:2.9.6", "denoland/deno:distroless-2.9.6"]);
  const ci = await Deno.readTextFile(new URL(".ci/run", root));
  assert.match(ci, /npx -y deno@2\.9\.6 /);
});

Deno.test("compose.yaml has no finding of dclint, the schema of the compose specification included", () => {
  const results = new DCLinter({
    quiet: false,
    debug: false,
    exclude: [],
    // the order of keys is a matter of taste, and services are in that of their names
    rules: {
      "service-keys-order": 0,
      "top-level-properties-order": 0,
      "require-quotes-in-ports": [1, { quoteType: "double" }],
    },
  }).lintFiles([fileURLToPath(new URL("compose.yaml", root))], false);
  const found = results.flatMap(({ messages }) => messages.map(({ line, message }) => `${line}: ${message}`));
  assert.equal(results.length, 1);
  assert.deepEqual(found, []);
});

async function services(): Promise<readonly (readonly [string, Service])[]> {
  return Object.entries((await composeFile(secrets)).services);
}

/** Only the servers' own containers need these: Docker says so where one is missing. */
const withoutMessage = ["GRAFANA_PASSWORD", "POSTGRES_PASSWORD"];
const oneShots = ["migrate", "tools"];

Deno.test("compose.yaml gives no service more than it needs", async () => {
  for (const [name, service] of await services()) {
    assert.deepEqual(service.cap_drop, ["ALL"], name);
    assert.deepEqual(service.security_opt, ["no-new-privileges:true"], name);
    // Compose ends with "`file` is the sole supported option" where a read-only service has a secret of a variable
    assert.equal(service.read_only, service.secrets === undefined, name);
    assert.match(String(service.mem_limit), /^\d+[mg]$/, name);
    assert.equal(service.privileged, undefined, name);
    const ports = (service.ports ?? []) as readonly string[];
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, name);
    assert.equal(ports.length > 0, ["api", "grafana", "prometheus"].includes(name), name);
    assert.equal("cap_add" in service, ["clickhouse", "postgres"].includes(name), name);
    assert.match(service.image, /^[\w./-]+:[\w.-]+$/, name);
    assert.doesNotMatch(service.image, /:latest$/, name);
  }
});

Deno.test("compose.yaml starts a service when what it needs is there, and tells whether it is well", async () => {
  const all = new Map(await services());
  for (const [name, { healthcheck, depends_on = {}, restart }] of all) {
    assert.equal(healthcheck?.disable ?? false, oneShots.includes(name), name);
    assert.equal(restart, oneShots.includes(name) ? "no" : "unless-stopped", name);
    if (!oneShots.includes(name)) assert.ok((healthcheck?.test?.length ?? 0) > 1, name);
    for (
      const [other, { condition }] of Object.entries(depends_on as Record<string, { condition: string }>)
    ) {
      assert.equal(
        condition,
        oneShots.includes(other) ? "service_completed_successfully" : "service_healthy",
        `${name} needs ${other}`,
      );
      assert.ok(all.has(other), other);
    }
  }
  // or `up --wait` takes its end for a failure
  for (const name of ["api", "worker"]) assert.ok("migrate" in (all.get(name)!.depends_on as object), name);
  assert.equal((all.get("worker")?.deploy as { replicas: number }).replicas, 2);
});

Deno.test("compose.yaml wants its secrets from outside and names the one that is missing", async () => {
  for (const name of Object.keys(secrets).filter((name) => !withoutMessage.includes(name))) {
    await assert.rejects(composeFile({ ...secrets, [name]: "" }), new RegExp(`${name} must be set`));
  }
  const { secrets: files } = await composeFile(secrets);
  assert.deepEqual(Object.values(files).map(({ environment }) => environment).sort(), [
    "CLICKHOUSE_PASSWORD",
    "GRAFANA_PASSWORD",
    "POSTGRES_BACKTEST_PASSWORD",
    "POSTGRES_OWNER_PASSWORD",
    "POSTGRES_PASSWORD",
  ]);
  assert.match(await Deno.readTextFile(new URL(".gitignore", root)), /^\/\.env$/m);
});

Deno.test("compose.yaml mounts files that are there, and none for writing but the exports of tools and what callers of the API upload", async () => {
  for (const [name, { volumes = [] }] of await services()) {
    for (const volume of volumes as readonly string[]) {
      if (!volume.startsWith("./")) continue;
      const [path = "", , mode] = volume.split(":");
      const written = { tools: "./data/exports", api: "./data/uploads" };
      const isWritten = Object.entries(written).some(([service, own]) => service === name && own === path);
      assert.equal(mode, isWritten ? undefined : "ro", `${name}: ${volume}`);
      // the user's own files are not part of the project
      if (!path.startsWith("./data/")) await Deno.stat(new URL(path, root));
    }
  }
});
