import type { ScenarioAnswer, ScenarioStatus, ScenarioTemplates } from "../answers/scenario.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** Loans hedged with puts, each in a workspace of the caller. */
export class ScenarioClient {
  readonly #api: Transport;

  constructor(api: Transport) {
    this.#api = api;
  }

  /** Works a scenario out in the background, in place of the workspace's. With a key the same body gives the same job. */
  async start(
    workspaceId: string,
    { scenario, idempotencyKey: key, ...options }: CallOptions & {
      readonly scenario: unknown;
      readonly idempotencyKey?: string;
    },
  ): Promise<ScenarioStatus> {
    return await this.#api.post(workspacePath(workspaceId), {
      ...options,
      sent: scenario,
      headers: key === undefined ? {} : { "idempotency-key": key },
    });
  }

  /** Where a workspace's scenario stands. */
  async status(workspaceId: string, options: CallOptions = {}): Promise<ScenarioStatus> {
    return await this.#api.json(workspacePath(workspaceId), options);
  }

  /** Leaves a workspace without a scenario; what its job came to stays. */
  async clear(workspaceId: string, options: CallOptions = {}): Promise<void> {
    await this.#api.send(workspacePath(workspaceId), { ...options, method: "DELETE" });
  }

  /** What a scenario came to, by the id of its job. */
  async result(jobId: string, options: CallOptions = {}): Promise<ScenarioAnswer> {
    return await this.#api.json(`/scenarios/${encodeURIComponent(jobId)}`, options);
  }

  /** Every day of every template of a scenario, as CSV. */
  async csv(jobId: string, options: CallOptions = {}): Promise<string> {
    return await (await this.#api.send(`/scenarios/${encodeURIComponent(jobId)}/path.csv`, options))
      .text();
  }

  /** The hedges that can be asked for. */
  async templates(options: CallOptions = {}): Promise<ScenarioTemplates> {
    return await this.#api.json("/scenarios/templates", options);
  }
}

function workspacePath(workspaceId: string): string {
  return `/workspaces/${encodeURIComponent(workspaceId)}/scenario`;
}
