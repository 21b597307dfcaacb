import type { Command } from "commander";
import { templateTable } from "../render/scenario_tables.ts";
import type { CliDeps } from "../deps.ts";

/** `scenario templates`: the hedges that the config knows. */
export function addTemplatesCommand(scenario: Command, deps: CliDeps): void {
  scenario.command("templates")
    .description("List the hedges that can be asked for")
    .option("--config <file>", "runtime config")
    .option("--json", "print them as JSON")
    .action(async ({ config: configPath, json }: { readonly config?: string; readonly json?: boolean }) => {
      const { config } = await deps.loadSettings(configPath ? { configPath } : {});
      const { templates } = config.scenarios;
      deps.out(json ? `${JSON.stringify({ items: templates })}\n` : `${templateTable(templates)}\n`);
    });
}
