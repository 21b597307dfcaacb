import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

/** What of the project an indicator lives in. */
const copied = [
  "asconfig.json",
  "assembly",
  "configs",
  "deno.json",
  "deno.lock",
  "docs/examples",
  "scripts",
  "src",
  "tests/helpers",
  "tests/oracle",
];

interface Place {
  readonly path: string;
  /** A text of the file, and what is put before it. */
  readonly before: string;
  readonly text: string;
}

/** The places of CONTRIBUTING.md, for the momentum of a price: its change over a window. */
const places: Readonly<Record<string, readonly Place[]>> = {
  kernel: [{
    path: "assembly/indicator/momentum/momentum.ts",
    before: "/**\n * Rate of change",
    text: `/** Change over \`window\` bars. First value at \`window\`. */
export function change(source: usize, target: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  for (let t = 0; t < count; t++) {
    putF32(target, t, t >= window ? f32At(source, t) - f32At(source, t - window) : NaN);
  }
}

`,
  }],
  export: [
    { path: "assembly/index.ts", before: "macd, ppo, roc,", text: "change, " },
    { path: "assembly/index.ts", before: "  chandelierExit,\n", text: "  change,\n" },
  ],
  definition: [{
    path: "src/core/catalogue/momentum.ts",
    before: '  {\n    id: "momentum.ppo",',
    text: `  {
    id: "momentum.mom",
    description: "Change of the price over a window",
    origin: "standard",
    inputs: [],
    axes: [sourceAxis(plainSources), integerAxis("window", 10)],
    output: "mom",
    ...aroundZero,
    lookback: axis("window"),
  },
`,
  }],
  "kernel call": [
    {
      path: "src/adapters/wasm/series/momentum.ts",
      before: '  "momentum.ppo":',
      text: '  "momentum.mom": windowKernel("change"),\n',
    },
    { path: "src/adapters/wasm/series/series_kernel.ts", before: '"dema" | "ema"', text: '"change" | ' },
  ],
  oracle: [{
    path: "tests/oracle/indicators/momentum.ts",
    before: '  "momentum.ppo"',
    text:
      '  "momentum.mom": ({ x, window }) => x.map((value, t) => t < window ? NaN : value - x[t - window]!),\n',
  }],
  "default grid": [{
    path: "configs/indicators.yaml",
    before: "  momentum.ppo:\n",
    text: `  momentum.mom:
    source: { mode: explicit, values: [close] }
    params:
      window: { mode: range, start: 5, stop_incl: 20, step: 1 }
`,
  }],
};

/** A copy of the project with all places filled but one. */
async function projectWithout(left: string | null) {
  const folder = await temporaryFolder();
  for (const path of copied) cpSync(path, `${folder.path}/${path}`, { recursive: true });
  await Deno.symlink(`${Deno.cwd()}/node_modules`, `${folder.path}/node_modules`);
  for (const [name, edits] of Object.entries(places)) {
    if (name === left) continue;
    for (const { path, before, text } of edits) {
      const file = `${folder.path}/${path}`;
      const source = await Deno.readTextFile(file);
      assert.equal(source.split(before).length, 2, `${path} has "${before}" once`);
      await Deno.writeTextFile(file, source.replace(before, text + before));
    }
  }
  const run = async (...args: readonly string[]) => {
    const command = new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd: folder.path,
      env: { NO_COLOR: "1" },
    });
    const { code, stdout, stderr } = await command.output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  };
  return { run, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const build = ["run", "-A", "scripts/build.ts"];
const check = [
  "check",
  "--node-modules-dir=auto",
  "src/adapters/wasm/indicator_compute.ts",
  "tests/oracle/indicators.ts",
];

Deno.test("14 an indicator is added in the six places of CONTRIBUTING.md: it compiles, and is computed as its oracle says", async () => {
  const guide = await Deno.readTextFile("CONTRIBUTING.md");
  const list = guide.slice(guide.indexOf("## An indicator"), guide.indexOf("## Style"));
  assert.equal(list.match(/^\d\. /gm)?.length, Object.keys(places).length);
  for (const edits of Object.values(places)) {
    const [{ path }] = edits as readonly [Place];
    const named = path.replace(/momentum(\/momentum)?\.ts$/, "").replace(
      /momentum\/$/,
      "",
    );
    assert.ok(list.includes(named), `CONTRIBUTING.md does not name ${named}`);
  }
  await using project = await projectWithout(null);
  const built = await project.run(...build);
  assert.equal(built.code, 0, built.stderr);
  const checked = await project.run(...check);
  assert.equal(checked.code, 0, checked.stderr);
  const candles = "docs/examples/sp500-daily.csv";
  const computed = await project.run(
    ...["run", "-A", "--no-check", "src/main.ts", "indicator", "--candles", candles, "--id", "momentum.mom"],
    ...["--param", "window=3", "--json"],
  );
  assert.equal(computed.code, 0, computed.stderr);
  const { values } = JSON.parse(computed.stdout) as { readonly values: readonly (number | null)[] };
  const [, ...rows] = (await Deno.readTextFile(candles)).trim().split("\n");
  const closes = rows.map((row) => Math.fround(Number(row.split(",")[4])));
  assert.deepEqual(values, closes.map((close, t) => t < 3 ? null : Math.fround(close - closes[t - 3]!)));
});

for (const left of ["kernel call", "oracle"]) {
  Deno.test(`14 an indicator without its ${left} is a type error that names it`, async () => {
    await using project = await projectWithout(left);
    assert.equal((await project.run(...build)).code, 0);
    const { code, stderr } = await project.run(...check);
    assert.equal(code, 1);
    assert.match(stderr, /Property '"momentum\.mom"' is missing/);
  });
}
