import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readOptions } from "./script_options.ts";

const defaults = { seed: 7, steps: 2000, only: "" };

Deno.test("readOptions() reads numbers and texts, and takes what is not given from the defaults", () => {
  assert.deepEqual(readOptions([], defaults), defaults);
  assert.deepEqual(readOptions(["--seed", "0", "--only=lock"], defaults), {
    seed: 0,
    steps: 2000,
    only: "lock",
  });
});

Deno.test("readOptions() refuses what is probably a mistake, with what would help", () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["--sed", "1"], /^--sed is no option, the nearest is --seed; there are --seed, --steps, --only$/],
    [["--seed", "x"], /^--seed must be a whole number of at least 0, got "x"$/],
    [["--seed"], /^--seed needs a value$/],
    [["--steps", "0"], /^--steps must be a whole number of at least 1, got "0"$/],
    [["--steps", "1.5"], /^--steps must be a whole number/],
    [["--steps="], /^--steps must be a whole number of at least 1, got ""$/],
    [["3000"], /^"3000" belongs to no option; there are/],
  ];
  for (const [args, message] of cases) assert.throws(() => readOptions(args, defaults), { message });
});

Deno.test("simulate and faults end with 2 and one line where an option is wrong or chooses nothing", async () => {
  const run = async (script: string, ...args: readonly string[]) => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--node-modules-dir=manual", "--no-check", "--no-prompt", "-A"],
        fileURLToPath(new URL(script, import.meta.url)),
        ...args,
      ],
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    return [code, new TextDecoder().decode(stderr)] as const;
  };
  assert.deepEqual(await run("simulate.ts", "--seed", "x"), [
    2,
    'error: --seed must be a whole number of at least 0, got "x"\n',
  ]);
  const [code, stderr] = await run("faults.ts", "--only", "locks");
  assert.equal(code, 2);
  assert.match(stderr, /^error: --only "locks" is in none of the names; there are restart; .*; lock; .*\n$/);
});
