import type {
  DecisionAck,
  DecisionLog,
  LatestMetrics,
  ListedRuns,
  RunComparison,
  RunContext,
  RunList,
  RunResult,
  RunStatus,
} from "../answers/run.ts";
import { followed } from "./follow.ts";
import { type CallOptions, type ClientOptions, search, type Transport } from "./transport.ts";

/** What an agent decides. */
export interface Decision {
  readonly step_index: number;
  readonly action: "long" | "short" | "flat" | "hold";
  readonly reason?: string;
  readonly confidence?: number;
  readonly usage?: {
    readonly llm_calls?: number;
    readonly input_tokens?: number;
    readonly output_tokens?: number;
    readonly cost_usd?: number;
  };
}

/** Runs that an agent drives. Each call takes a session tag, which runs are listed by. */
export class RunClient {
  readonly #api: Transport;
  readonly #options: ClientOptions;

  constructor(api: Transport, options: ClientOptions) {
    this.#api = api;
    this.#options = options;
  }

  /** Starts a run. With a key the same body gives the same run. */
  async create(
    request: unknown,
    options: CallOptions & { readonly idempotencyKey?: string; readonly sessionId?: string } = {},
  ): Promise<RunStatus> {
    const { idempotencyKey: key, sessionId } = options;
    const headers = {
      ...(key === undefined ? {} : { "idempotency-key": key }),
      ...(sessionId === undefined ? {} : { "x-session-id": sessionId }),
    };
    return await this.#api.post("/backtests/runs", { ...options, sent: request, headers });
  }

  /** One page of the caller's runs, newest first. */
  async list(
    query: {
      readonly state?: string;
      readonly kind?: string;
      readonly agent_name?: string;
      readonly session?: string;
      readonly limit?: number;
      readonly cursor?: string;
    } = {},
    options: CallOptions = {},
  ): Promise<RunList> {
    return await this.#api.json(`/backtests/runs${search(query)}`, options);
  }

  /** One page of the runs that everybody may see. */
  async listed(
    query: { readonly limit?: number; readonly cursor?: string } = {},
    options: CallOptions = {},
  ): Promise<ListedRuns> {
    return await this.#api.json(`/backtests/runs/listed${search(query)}`, options);
  }

  /** Where a run stands. */
  async show(runId: string, options: CallOptions = {}): Promise<RunStatus> {
    return await this.#api.json(runPath(runId), options);
  }

  /** What its agent may see now; `wait` seconds for a change of step. */
  async context(runId: string, options: CallOptions & { readonly wait?: number } = {}): Promise<RunContext> {
    const { wait } = options;
    return await this.#api.json(`${runPath(runId)}/context${search({ wait })}`, options);
  }

  /** Decides the open step. The same decision under the same key is answered with the same. */
  async decide(
    runId: string,
    decision: Decision,
    options: CallOptions & { readonly idempotencyKey: string },
  ): Promise<DecisionAck> {
    return await this.#api.post(`${runPath(runId)}/decisions`, {
      ...options,
      sent: decision,
      headers: { "idempotency-key": options.idempotencyKey },
    });
  }

  /** One page of the log of a run. */
  async decisions(
    runId: string,
    query: { readonly limit?: number; readonly cursor?: string } = {},
  ): Promise<DecisionLog> {
    return await this.#api.json(`${runPath(runId)}/decisions${search(query)}`, {});
  }

  /** All that a succeeded run came to. */
  async result(runId: string, options: CallOptions = {}): Promise<RunResult> {
    return await this.#api.json(`${runPath(runId)}/result`, options);
  }

  /** Cancels a run; returns it as it is now. */
  async cancel(runId: string, options: CallOptions = {}): Promise<RunStatus> {
    return await this.#api.json(`${runPath(runId)}/cancel`, { ...options, method: "POST" });
  }

  /** The figures of an agent's newest success. */
  async latestMetrics(
    options: CallOptions & { readonly agentName?: string } = {},
  ): Promise<LatestMetrics> {
    const query = search({ agent_name: options.agentName });
    return await this.#api.json(`/backtests/runs/latest/metrics${query}`, options);
  }

  /** Own runs beside each other. */
  async compare(runIds: readonly string[], options: CallOptions = {}): Promise<RunComparison> {
    const query = search({ run_ids: runIds.join(",") });
    return await this.#api.json(`/backtests/runs/compare${query}`, options);
  }

  /** The states of a run as they come, until it has ended. */
  async *watch(runId: string, options: CallOptions = {}): AsyncGenerator<RunStatus> {
    const ended = ({ state }: RunStatus) => state !== "running";
    yield* followed<RunStatus>({ ...options, path: `${runPath(runId)}/events`, kind: "run", ended }, {
      transport: this.#api,
      client: this.#options,
    });
  }
}

function runPath(runId: string): string {
  return `/backtests/runs/${encodeURIComponent(runId)}`;
}
