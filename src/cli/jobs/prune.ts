import type { Command } from "commander";
import { formatTimestamp } from "../../core/time_text.ts";
import type { PruneSurvey } from "../../ports/job_pruning.ts";
import { pruneJobs, surveyPruning } from "../../usecases/prune_jobs.ts";
import type { CommandDeps } from "../deps.ts";

const lineEveryMs = 10_000;

interface PruneOptions {
  readonly olderThan: string;
  readonly state?: readonly string[];
  readonly user?: string;
  readonly yes?: boolean;
}

/** `jobs prune`: deletes jobs that ended long ago; says what it would do unless told to. */
export function addPruneCommand(jobs: Command, deps: CommandDeps): void {
  jobs.command("prune")
    .description("Delete jobs that ended long ago, with all their rows; without --yes only say which")
    .requiredOption(
      "--older-than <age>",
      "since their end, such as 90d, 12w, 36h or 30m, by the database's clock",
    )
    .option("--state <state...>", "only succeeded, failed or cancelled ones")
    .option("--user <uuid>", "only those of this owner; everybody's unless given")
    .option("--yes", "delete them")
    .action(async ({ olderThan, state: states, user, yes }: PruneOptions) => {
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
