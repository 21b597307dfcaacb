import { BacktestError, type ErrorCode, type ErrorDetails } from "../../core/errors/mod.ts";
import type { Replay } from "../../core/execution/mod.ts";
import type { ReportedVariant, ReportWish } from "../../core/report/mod.ts";
import type { Candidates, Selection, TradeDigests, VariantPoint } from "../../ports/compute.ts";
import type { SessionInput } from "./session_input.ts";

/** What a thread can be asked to do in one of its sessions. */
export type Request =
  | { readonly kind: "open"; readonly session: number; readonly input: SessionInput }
  | { readonly kind: "close"; readonly session: number }
  | {
    readonly kind: "score_base";
    readonly session: number;
    readonly range: { readonly from: number; readonly to: number };
    readonly selection: Selection;
  }
  | {
    readonly kind: "score_risk";
    readonly session: number;
    readonly bases: readonly number[];
    readonly selection: Selection;
  }
  | {
    readonly kind: "replay";
    readonly session: number;
    readonly variant: VariantPoint;
  }
  | {
    readonly kind: "digest_trades";
    readonly session: number;
    readonly variants: readonly VariantPoint[];
  }
  | {
    readonly kind: "report";
    readonly session: number;
    readonly variant: VariantPoint;
    readonly wish: ReportWish;
  };

/** What each kind of request is answered with. */
export interface Answers {
  readonly open: null;
  readonly close: null;
  readonly score_base: Candidates;
  readonly score_risk: Candidates;
  readonly replay: Replay;
  readonly digest_trades: TradeDigests;
  readonly report: ReportedVariant;
}

/** Messages to a thread: first its module, then calls, answered in order. */
export type ToThread =
  | { readonly kind: "module"; readonly module: WebAssembly.Module }
  | { readonly kind: "call"; readonly call: number; readonly request: Request };

/** Answer to one call, and what memory the thread's instances of the module have now. */
export type FromThread =
  & { readonly call: number; readonly memoryBytes: number }
  & ({ readonly answer: Answers[keyof Answers] } | { readonly error: PostedError });

/** An error as it can be posted. */
export interface PostedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** Everything that is not an expected error becomes `backtest_job_runner_failed`. */
export function postedError(error: unknown): PostedError {
  if (error instanceof BacktestError) {
    return { code: error.code, message: error.message, details: error.details };
  }
  return { code: "backtest_job_runner_failed", message: `Cannot compute: ${error}`, details: {} };
}

/** The inverse of {@link postedError}. */
export function receivedError({ code, message, details }: PostedError): BacktestError {
  return new BacktestError(code, message, { details });
}
