import progress from "cli-progress";
import process from "node:process";
import { type Pace, ProgressRate } from "../../core/job/mod.ts";
import type { Clock } from "../../ports/clock.ts";

/** What of a job, or of other long work, is shown. */
export interface ShownJob {
  readonly state: string;
  readonly stage: string;
  readonly processedUnits: number;
  readonly totalUnits: number;
  /** Of a job that workers share: how many tasks are done, and who works on others. */
  readonly tasks?: string;
}

/** Shows a job's progress until it is closed; leaves nothing behind on a terminal. */
export interface ProgressView extends Disposable {
  update(job: ShownJob): void;
}

/** Where and how progress is shown. */
export interface ProgressOptions {
  /** A terminal gets a bar, anything else one plain line every 10 s. */
  readonly interactive: boolean;
  readonly clock: Clock;
  readonly write: (text: string) => void;
}

const plainLineEveryMs = 10_000;

/** The view that suits the output. */
export function progressView(options: ProgressOptions): ProgressView {
  return options.interactive ? new BarView(options.clock) : new LineView(options);
}

/** The pace of a job at the moment it is shown. */
class ShownPace {
  readonly #clock: Clock;
  readonly #rate = new ProgressRate();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next(job: ShownJob): Pace {
    return this.#rate.next({ ...job, state: "running", progressUpdatedAtMs: this.#clock.monotonicMs() });
  }
}

class BarView implements ProgressView {
  readonly #bar: progress.SingleBar;
  readonly #pace: ShownPace;

  constructor(clock: Clock) {
    this.#pace = new ShownPace(clock);
    this.#bar = new progress.SingleBar({
      format: "{stage} {bar} {percentage}% | {value}/{total} | {rate}/s | ETA {eta_formatted}{tasks}",
      clearOnComplete: true,
      hideCursor: true,
      stream: process.stderr,
    }, progress.Presets.shades_classic);
    this.#bar.start(1, 0, { stage: "queued", rate: 0, tasks: "" });
  }

  update(job: ShownJob): void {
    this.#bar.setTotal(Math.max(job.totalUnits, 1));
    const stage = job.state === "running" ? job.stage : job.state;
    this.#bar.update(job.processedUnits, {
      stage,
      rate: Math.round(this.#pace.next(job).ratePerSecond ?? 0),
      tasks: job.tasks === undefined ? "" : ` | ${job.tasks}`,
    });
  }

  [Symbol.dispose](): void {
    this.#bar.stop();
  }
}

class LineView implements ProgressView {
  readonly #options: ProgressOptions;
  readonly #pace: ShownPace;
  #shownMs: number;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#pace = new ShownPace(options.clock);
    this.#shownMs = options.clock.monotonicMs();
  }

  update(job: ShownJob): void {
    const { ratePerSecond, etaSeconds } = this.#pace.next(job);
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#shownMs < plainLineEveryMs) return;
    this.#shownMs = nowMs;
    const units = `${job.processedUnits}/${job.totalUnits}`;
    const tasks = job.tasks === undefined ? "" : ` ${job.tasks}`;
    const eta = etaSeconds === null ? "unknown" : `${Math.ceil(etaSeconds)} s`;
    this.#options.write(
      `${job.state} ${job.stage} ${units} ${Math.round(ratePerSecond ?? 0)}/s ETA ${eta}${tasks}\n`,
    );
  }

  [Symbol.dispose](): void {}
}
