import assert from "node:assert/strict";
import { hasPrograms } from "../helpers/optional_program.ts";
import { startProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { untilReady } from "../helpers/until_ready.ts";

const root = new URL("../../", import.meta.url);
const page = Deno.readTextFileSync(new URL("docs/runs.md", root));

/** The shell blocks of the page, with what they show. */
const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, script]) => {
  const [, shows] = /^# shows (.+)$/m.exec(script!) ?? [];
  assert.ok(shows, `A block states nothing that it shows: ${script}`);
  return { script: script!, shows };
});

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function output(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd: root,
    stdin: "null",
  }).output();
  assert.equal(code, 0, `${text(stdout)}\n${text(stderr)}`);
  return text(stdout);
}

/** Runs `work` against an engine of its own. */
async function withStart(work: (url: string) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  const program = startProgram(["start", "--data", `${folder.path}/data`, "--port", "0"]);
  try {
    await program.saw("event=api_started");
    await program.saw("auth=dev");
    const url = /event=api_started url=(\S+)/.exec(program.stderr())![1]!;
    await untilReady(url);
    await work(url);
  } finally {
    try {
      program.process.kill("SIGTERM");
    } catch {
      // it has ended by itself
    }
    await program.ended();
  }
}

Deno.test(
  "S003-20 the worked example through start and curl comes out to the digit, as docs/runs.md has it",
  {
    ignore: !await hasPrograms("bash", "curl", "cmp"),
  },
  async () => {
    await withStart(async (url) => {
      assert.equal(blocks.length, 10);
      const script = blocks.map(({ script }) => `${script}\necho; echo "-- next --"`).join("\n");
      const outputs = (await output("bash", ["-euo", "pipefail", "-c", `API=${url}\n${script}`]))
        .split("-- next --\n");
      blocks.forEach(({ script, shows }, i) => {
        assert.ok(outputs[i]!.includes(shows), `${script}\nshows:\n${outputs[i]}`);
      });
    });
  },
);

Deno.test("S003-35 the example agents finish a year of daily bars with the figures of the sweep with their signals", async () => {
  await withStart(async (url) => {
    const agents = [
      await output(Deno.execPath(), [
        "run",
        "--no-prompt",
        "--allow-net",
        "docs/examples/agent/agent.ts",
        url,
      ]),
      ...(await hasPrograms("python3")
        ? [await output("python3", ["docs/examples/agent/agent.py", url])]
        : []),
    ];
    for (const printed of agents) {
      const [head, ...rows] = printed.trim().split("\n").map((line) => line.split("\t"));
      assert.deepEqual(head, ["metric", "moving-average", "buy_and_hold", "flat", "sweep"]);
      assert.equal(rows.length, 9);
      const figures = new Map(rows.map(([name, ...values]) => [name, values]));
      for (const name of ["total_return", "sharpe_ratio", "max_drawdown", "num_trades"]) {
        const [run, , , sweep] = figures.get(name)!;
        assert.equal(Number(run), Number(sweep), `${name}:\n${printed}`);
      }
      assert.ok(Number(figures.get("num_trades")![0]) > 5);
      assert.equal(Number(figures.get("final_equity")![2]), 10_000);
    }
  });
});
