import { fileURLToPath } from "node:url";
import { candleFolder } from "../whole_job/candle_folder.ts";
import type { BenchmarkResult, ResultTable } from "../benchmark.ts";

const uses = ["nothing", "columns", "1h", "1m", "import"] as const;
const program = fileURLToPath(new URL("memory_process.ts", import.meta.url));

/** The most memory that uses of a file of minutes take, each in a process of its own. */
export async function memoryOfUses(
  bars: number,
): Promise<{ readonly table: ResultTable; readonly figures: BenchmarkResult["figures"] }> {
  await using folder = await candleFolder(bars);
  const into = await Deno.makeTempDir({ prefix: "backtest-bench-store-" });
  try {
    const mb: Record<string, number> = {};
    for (const use of uses) {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--node-modules-dir=manual",
          "--no-check",
          "--allow-all",
          program,
          use,
          `${folder.directory}/1/WALK.csv`,
          into,
        ],
      }).output();
      if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
      mb[use] = JSON.parse(new TextDecoder().decode(stdout)).mb;
    }
    const perRow = (use: string) => (mb[use]! - mb.nothing!) * 1e6 / bars;
    return {
      table: {
        head: [`${bars} rows`, "MB at most", "bytes a row above an idle process"],
        rows: uses.map((use) => [names[use], mb[use]!, perRow(use)]),
      },
      figures: Object.fromEntries(
        uses.map((use) => [`${use}_peak_mb`, mb[use]!]),
      ),
    };
  } finally {
    await Deno.remove(into, { recursive: true });
  }
}

const names: Readonly<Record<typeof uses[number], string>> = {
  nothing: "nothing",
  columns: "to columns",
  "1h": "to bars of an hour",
  "1m": "to bars of a minute",
  import: "imported into the folder",
};
