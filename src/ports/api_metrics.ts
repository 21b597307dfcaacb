/** An HTTP request that was answered. */
export interface AnsweredRequest {
  /** One of the usual ones, or `OTHER`: a caller may send any word, and each would be kept. */
  readonly method: string;
  /** The route's pattern, such as `/backtests/jobs/:job_id`; `unmatched` where there is none. Never the path itself. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** What the API reports about itself. */
export interface ApiMetrics {
  requestAnswered(request: AnsweredRequest): void;
  /** How many synchronous runs compute now, and how many wait for their turn. */
  syncRuns(runs: { readonly active: number; readonly waiting: number }): void;
  /** How many event streams are open now. */
  eventStreams(open: number): void;
}
