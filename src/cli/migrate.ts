import { Argument, type Command } from "commander";
import type { CommandDeps } from "./deps.ts";

/** Exit codes of `migrate status` beside those of every command. */
const statusExitCode = { upToDate: 0, pending: 3, unusable: 4 } as const;

/** `migrate`: brings the schema up to date, or tells where it stands. */
export function addMigrateCommand(program: Command, deps: CommandDeps): void {
  program.command("migrate")
    .description("Create or upgrade the schema of the database POSTGRES_DSN names")
    .addArgument(new Argument("[what]", "up or status").choices(["up", "status"]).default("up"))
    .addHelpText(
      "after",
      `
status prints one line per migration, "<state> <name>":
  applied  in the database as it is here
  pending  not applied yet; run migrate
  newer    applied by a newer version; this one works with it
  unknown  applied by a newer version; this one does not work with it
  changed  applied, but the file here is another one
and exits with 0 when all is applied, 3 when something is pending, 4 when something is changed or unknown.`,
    )
    .action(async (what: string) => {
      await using schema = await deps.openSchema();
      if (what === "up") {
        const applied = await schema.up();
        deps.out(
          applied.length === 0 ? "Nothing to apply\n" : applied.map((name) => `applied ${name}\n`).join(""),
        );
        return;
      }
      const statuses = await schema.status();
      for (const { name, state } of statuses) deps.out(`${state} ${name}\n`);
      deps.setExitCode(statusCode(new Set(statuses.map(({ state }) => state))));
    });
}

function statusCode(states: ReadonlySet<string>): number {
  if (states.has("changed") || states.has("unknown")) return statusExitCode.unusable;
  return states.has("pending") ? statusExitCode.pending : statusExitCode.upToDate;
}
