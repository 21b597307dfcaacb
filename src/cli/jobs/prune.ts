import type { Command } from "commander";
import { validationError } from "../../core/errors/mod.ts";
import { formatTimestamp } from "../../core/text/mod.ts";
import type { PruneSurvey } from "../../ports/job_pruning.ts";
import { pruneJobs, surveyPruning } from "../../usecases/prune_jobs.ts";
import type { CommandDeps } from "../deps.ts";

const lineEveryMs = 10_000;

interface PruneOptions {
  readonly olderThan?: string;
  readonly config?: string;
  readonly state?: readonly string[];
  readonly user?: string;
  readonly yes?: boolean;
}

/** `jobs prune`: deletes jobs that ended long ago; says what it would do unless told to. */
export function addPruneCommand(jobs: Command, deps: CommandDeps): void {
  jobs.command("prune")
    .description("Delete jobs that ended long ago, with all their rows; without --yes only say which")
    .option(
      "--older-than <age>",
      "since their end, such as 90d, 12w, 36h or 30m, by the database's clock; jobs.retention_days of the config",
    )
    .option("--config <file>", "runtime config")
    .option("--state <state...>", "only succeeded, failed or cancelled ones")
    .option("--user <uuid>", "only those of this owner; everybody's unless given")
    .option("--yes", "delete them")
    .action(async (options: PruneOptions) => {
      const { state: states, user, yes } = options;
      const olderThan = options.olderThan ?? await retention(options, deps);
      await using stores = await deps.openJobs();
      const owner = user === undefined ? {} : { userId: user };
      const survey = await surveyPruning(stores.pruning, {
        olderThan,
        ...(states === undefined ? {} : { states }),
        ...owner,
      });
      const total = survey.found.reduce((sum, { jobs }) => sum + jobs, 0);
      deps.out(surveyLines(survey));
      if (!yes || total === 0) return deps.out(wouldDelete(total, survey));
      const { deleted, stopped } = await pruneJobs(stores.pruning, {
        survey,
        ...owner,
        stop: deps.stop,
        onProgress: progressLines(deps, total),
      });
      deps.out(`deleted ${deleted} jobs\n`);
      if (!stopped) return;
      deps.err("Stopped before the end; run it again to go on\n");
      deps.setExitCode(1);
    });
}

/** The age that the config keeps jobs for. Rejects where it says none. */
async function retention({ config: path }: PruneOptions, deps: CommandDeps): Promise<string> {
  const { config } = await deps.loadSettings(path === undefined ? {} : { configPath: path });
  if (config.jobs.retention_days !== null) return `${config.jobs.retention_days}d`;
  const message =
    "Cannot prune jobs: --older-than is not given, nor backtest.jobs.retention_days in the config";
  throw validationError(message, [{ path: "--older-than", code: "required", message }]);
}

function surveyLines({ found }: PruneSurvey): string {
  return found
    .map(({ state, jobs, oldestMs }) =>
      `${state.padEnd(9)} ${String(jobs).padStart(8)} jobs, the first ended ${formatTimestamp(oldestMs)}\n`
    )
    .join("");
}

function wouldDelete(total: number, { endedBeforeMs }: PruneSurvey): string {
  const before = `that ended before ${formatTimestamp(endedBeforeMs)}`;
  return total === 0
    ? `No job ${before}\n`
    : `Nothing deleted: with --yes these ${total} jobs ${before} would be\n`;
}

/** A line now and then on stderr. */
function progressLines({ clock, err }: CommandDeps, total: number): (deleted: number) => void {
  let shownMs = clock.monotonicMs();
  return (deleted) => {
    if (clock.monotonicMs() - shownMs < lineEveryMs) return;
    shownMs = clock.monotonicMs();
    err(`deleted ${deleted} of ${total} jobs\n`);
  };
}
