import { parse, stringify } from "yaml";
import { freePort } from "../helpers/free_port.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const folder = new URL("../../deploy/prometheus/", import.meta.url);

/** Where the deployment's Prometheus finds its targets on this machine, by job: `host:port`. */
export type Targets = Readonly<Record<string, readonly string[]>>;

/** A Prometheus that runs. */
export interface Prometheus extends AsyncDisposable {
  /** The series an expression has now. Rejects with Prometheus's text when it is refused. */
  query(expr: string): Promise<readonly unknown[]>;
  /** Resolves when an expression has any; rejects with what there is when it has none within `withinMs`. */
  until(expr: string, options: { readonly withinMs: number }): Promise<void>;
}

interface ScrapeConfig {
  readonly job_name: string;
  readonly dns_sd_configs?: unknown;
}

/**
 * Starts a Prometheus with the deployment's config and rules. Jobs and rules are as they are; names are replaced by
 * addresses, and minutes by seconds, so that a test need not wait for them.
 */
export async function startPrometheus(targets: Targets): Promise<Prometheus> {
  const data = await temporaryFolder();
  const config = parse(await Deno.readTextFile(new URL("prometheus.yml", folder)));
  config.global = { scrape_interval: "250ms", evaluation_interval: "250ms" };
  config.scrape_configs = config.scrape_configs.map(({ dns_sd_configs: _, ...job }: ScrapeConfig) => ({
    ...job,
    static_configs: [{ targets: targets[job.job_name] }],
  }));
  const path = await data.write("prometheus.yml", stringify(config));
  for (const name of config.rule_files) {
    const rules = await Deno.readTextFile(new URL(name, folder));
    await data.write(name, rules.replaceAll(/for: \d+m/g, "for: 0s").replaceAll(/\[\d+[mh]\]/g, "[20s]"));
  }
  const port = freePort();
  const process = new Deno.Command("prometheus", {
    args: [
      `--config.file=${path}`,
      `--storage.tsdb.path=${data.path}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  return {
    query: (expr) => query(port, expr),
    async until(expr, { withinMs }) {
      const deadline = performance.now() + withinMs;
      let found: unknown;
      while (performance.now() < deadline) {
        // it is still starting when it does not answer
        found = await query(port, expr).catch((error: Error) => error.message);
        if (Array.isArray(found) && found.length > 0) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(
        `"${expr}" does not hold within ${withinMs} ms; the answer is: ${JSON.stringify(found)}`,
      );
    },
    async [Symbol.asyncDispose]() {
      process.kill("SIGTERM");
      await process.status;
      await data[Symbol.asyncDispose]();
    },
  };
}

async function query(port: number, expr: string): Promise<readonly unknown[]> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expr)}`);
  const { status, data, error } = await response.json();
  if (status !== "success") throw new Error(`Prometheus refuses "${expr}": ${error}`);
  return data.result;
}
