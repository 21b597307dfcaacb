import { Argument, type Command } from "commander";
import type { CliDeps } from "./deps.ts";

/** `migrate`: brings the schema up to date, or tells where it stands. */
export function addMigrateCommand(program: Command, deps: CliDeps): void {
  program.command("migrate")
    .description("Create or upgrade the schema of the database POSTGRES_DSN names")
    .addArgument(new Argument("[what]", "up or status").choices(["up", "status"]).default("up"))
    .action(async (what: string) => {
      await using schema = await deps.openSchema();
      if (what === "up") {
        const applied = await schema.up();
        deps.out(
          applied.length === 0 ? "Nothing to apply\n" : applied.map((name) => `applied ${name}\n`).join(""),
        );
        return;
      }
      for (const { name, state } of await schema.status()) deps.out(`${state} ${name}\n`);
    });
}
