import progress from "cli-progress";
import process from "node:process";
import type { Clock } from "../../ports/clock.ts";

/** What of a job, or of other long work, is shown. */
export interface ShownJob {
  readonly state: string;
  readonly stage: string;
  readonly processedUnits: number;
  readonly totalUnits: number;
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

/** Units per second of the stage a job is in. */
class Rate {
  readonly #clock: Clock;
  #stage = "";
  #sinceMs = 0;
  #sinceUnits = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  perSecond(job: ShownJob): number {
    const nowMs = this.#clock.monotonicMs();
    if (job.stage !== this.#stage) {
      this.#stage = job.stage;
      this.#sinceMs = nowMs;
      this.#sinceUnits = job.processedUnits;
    }
    const seconds = (nowMs - this.#sinceMs) / 1000;
    return seconds > 0 ? (job.processedUnits - this.#sinceUnits) / seconds : 0;
  }
}

class BarView implements ProgressView {
  readonly #bar: progress.SingleBar;
  readonly #rate: Rate;

  constructor(clock: Clock) {
    this.#rate = new Rate(clock);
    this.#bar = new progress.SingleBar({
      format: "{stage} {bar} {percentage}% | {value}/{total} | {rate}/s | ETA {eta_formatted}",
      clearOnComplete: true,
      hideCursor: true,
      stream: process.stderr,
    }, progress.Presets.shades_classic);
    this.#bar.start(1, 0, { stage: "queued", rate: 0 });
  }

  update(job: ShownJob): void {
    this.#bar.setTotal(Math.max(job.totalUnits, 1));
    const stage = job.state === "running" ? job.stage : job.state;
    this.#bar.update(job.processedUnits, { stage, rate: Math.round(this.#rate.perSecond(job)) });
  }

  [Symbol.dispose](): void {
    this.#bar.stop();
  }
}

class LineView implements ProgressView {
  readonly #options: ProgressOptions;
  readonly #rate: Rate;
  #shownMs: number;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#rate = new Rate(options.clock);
    this.#shownMs = options.clock.monotonicMs();
  }

  update(job: ShownJob): void {
    const rate = this.#rate.perSecond(job);
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#shownMs < plainLineEveryMs) return;
    this.#shownMs = nowMs;
    const eta = rate > 0 ? `${Math.ceil((job.totalUnits - job.processedUnits) / rate)} s` : "unknown";
    this.#options.write(
      `${job.state} ${job.stage} ${job.processedUnits}/${job.totalUnits} ${Math.round(rate)}/s ETA ${eta}\n`,
    );
  }

  [Symbol.dispose](): void {}
}
