import { fileURLToPath } from "node:url";
import { hasPrograms } from "../helpers/optional_program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { dockerfileStages, type Stage, type Step } from "./dockerfile.ts";
import { contextFiles, isCheckout } from "./image_files.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const denoDirectory = "/deno-dir";

/** An image as a folder: the file system of the last stage, without that of its base, and what it is started with. */
export interface Image extends AsyncDisposable {
  /** Folder that stands for `/`. */
  readonly path: string;
  readonly stage: Stage;
  /** Runs Deno as a container of this image would: its environment, folder and user, and none of ours. */
  command(
    args: readonly string[],
    options?: { readonly env?: Readonly<Record<string, string>> },
  ): Deno.Command;
}

/** Whether this machine has what `buildImage()` needs; one line on stderr where not. */
export async function canBuildImage(): Promise<boolean> {
  const hasTools = await hasPrograms("git", ...Deno.uid() === 0 ? ["setpriv"] as const : []);
  if (!hasTools || await isCheckout()) return hasTools;
  console.error(
    "SKIPPED: the image's tests need a clone that git lists the files of, of the account that runs them",
  );
  return false;
}

/**
 * Builds the Dockerfile without a container engine: the same instructions on folders that stand for the stages' file
 * systems. What is not the same: the base images are left out, and Deno is the one that runs the tests, with its cache of
 * packages.
 */
export async function buildImage(): Promise<Image> {
  const folder = await temporaryFolder();
  const stages = dockerfileStages(await Deno.readTextFile(`${root}Dockerfile`));
  for (const stage of stages) await build(stage, folder.path);
  const last = stages[stages.length - 1]!;
  const path = place(folder.path, last);
  await run(["chmod", "-R", "a=rX", path]);
  await run(["chmod", "a+rx", folder.path]);
  const deno = await denoFor(folder.path);
  return {
    path,
    stage: last,
    command: (args, { env = {} } = {}) => {
      const user = asUser(last.user);
      return new Deno.Command(user[0] ?? deno, {
        args: [...user.slice(1), ...(user.length > 0 ? [deno] : []), ...args.map((arg) => inside(arg, path))],
        cwd: path + last.workdir,
        clearEnv: true,
        env: { ...last.env, DENO_DIR: path + denoDirectory, PATH: "/usr/bin:/bin", ...env },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      });
    },
    async [Symbol.asyncDispose]() {
      await run(["chmod", "-R", "u+w", path]);
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Paths a permission names are below the folder that stands for `/`. */
function inside(arg: string, path: string): string {
  const [, flag, list] = /^(--allow-(?:read|write)=)(.*)$/.exec(arg) ?? [];
  return flag === undefined || list === undefined
    ? arg
    : flag + list.split(",").map((each) => path + each).join();
}

function asUser(user: string | null): readonly string[] {
  if (Deno.uid() !== 0) return [];
  const [uid, gid] = (user ?? "").split(":");
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--no-new-privs"];
}

/** A Deno the image's user may run, wherever that of the tests lies. */
async function denoFor(folder: string): Promise<string> {
  const path = `${folder}/deno`;
  await Deno.copyFile(Deno.execPath(), path);
  await Deno.chmod(path, 0o755);
  return path;
}

function place(folder: string, { name }: Pick<Stage, "name">): string {
  return `${folder}/${name ?? "image"}`;
}

async function build(stage: Stage, folder: string): Promise<void> {
  const path = place(folder, stage);
  await Deno.mkdir(path + stage.workdir, { recursive: true });
  await Deno.mkdir(path + denoDirectory, { recursive: true });
  if (stage.steps.some(({ kind }) => kind === "run")) await lendPackages(path);
  for (const step of stage.steps) await take(step, { stage, folder });
}

/** The packages that are in the tests' cache need not be fetched again. */
async function lendPackages(path: string): Promise<void> {
  const info = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(info.stdout)) as { npmCache: string };
  await Deno.symlink(npmCache, `${path}${denoDirectory}/npm`);
}

interface At {
  readonly stage: Stage;
  readonly folder: string;
}

async function take(step: Step, { stage, folder }: At): Promise<void> {
  const path = place(folder, stage);
  const workdir = path + stage.workdir;
  if (step.kind === "run") {
    const bin = `${folder}/bin`;
    await Deno.mkdir(bin, { recursive: true });
    await Deno.symlink(Deno.execPath(), `${bin}/deno`).catch(() => {});
    const own = { DENO_DIR: path + denoDirectory, PATH: `${bin}:/usr/bin:/bin`, HOME: folder };
    const env = { ...networkVariables(), ...stage.env, ...own };
    return await run(["sh", "-ec", step.command], { cwd: workdir, env });
  }
  const to = step.to.startsWith("/") ? path + step.to : `${workdir}/${step.to}`;
  if (step.from !== null) return await copyFromStage(step, { from: place(folder, { name: step.from }), to });
  await copyFromContext(step, to);
}

/** How this machine reaches a registry: a builder of images hands these on, too. */
function networkVariables(): Readonly<Record<string, string>> {
  const names = [
    "DENO_CERT",
    "DENO_TLS_CA_STORE",
    "HTTPS_PROXY",
    "NO_PROXY",
    "NPM_CONFIG_REGISTRY",
    "NODE_EXTRA_CA_CERTS",
  ];
  const found = names.map((name) => [name, Deno.env.get(name)] as const);
  return Object.fromEntries(
    found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  );
}

type Copy = Extract<Step, { kind: "copy" }>;

async function copyFromStage({ sources, to: written }: Copy, { from, to }: { from: string; to: string }) {
  const isFolder = written.endsWith("/") || sources.length > 1;
  await Deno.mkdir(isFolder ? to : to.replace(/\/[^/]*$/, ""), { recursive: true });
  for (const source of sources) {
    // a folder's contents are copied, a file itself
    const { isDirectory } = await Deno.stat(from + source);
    if (isDirectory) await run(["cp", "-a", `${from}${source}/.`, `${to}/`]);
    else await run(["cp", "-a", from + source, to]);
  }
}

async function copyFromContext({ sources, to: written }: Copy, to: string): Promise<void> {
  const files = await contextFiles();
  for (const source of sources) {
    const found = files.filter((file) => file === source || file.startsWith(`${source}/`));
    if (found.length === 0) {
      throw new Error(`The Dockerfile copies ${source}, which the context does not have`);
    }
    for (const file of found) {
      const name = file === source ? source.replace(/^.*\//, "") : file.slice(source.length + 1);
      const isFile = file === source && !written.endsWith("/");
      const target = isFile ? to : `${to.replace(/\/$/, "")}/${name}`;
      await Deno.mkdir(target.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.copyFile(root + file, target);
    }
  }
}

async function run(
  [program, ...args]: readonly [string, ...string[]],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const { env, ...rest } = options;
  const { success, stderr } = await new Deno.Command(program, {
    args,
    ...rest,
    ...(env === undefined ? {} : { env, clearEnv: true }),
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`${[program, ...args].join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
