import type { BacktestClient } from "../../src/client/client.ts";

// Runs in any host that has fetch and streams: bundled, it is what Node and a browser execute in the test.

/** What a host saw of its two jobs; the same in every host but for what belongs to the moment. */
export interface ClientRun {
  /** States of the first job in the order in which they came, each once. */
  readonly states: readonly string[];
  readonly rows: readonly { readonly variant_key: string; readonly total_return_pct: number }[];
  /** First and last four characters of the Parquet export. */
  readonly file: string;
  /** The second job, cancelled while it ran: as the call answered, and as the stream ended. */
  readonly cancelled: readonly [cancelRequested: boolean, state: string];
  /** How an id that no job has is refused. */
  readonly refused: readonly [name: string, code: string, status: number];
}

/** Submits, watches and reads one job, and cancels another one while it runs. */
export async function clientRun(
  client: BacktestClient,
  { request, long }: { readonly request: unknown; readonly long: unknown },
): Promise<ClientRun> {
  const { job_id } = await client.submitJob(request);
  const states = new Set<string>();
  for await (const { state } of client.watchJobs([job_id])) states.add(state);
  states.delete("queued");
  const { items } = await client.topRows(job_id, { limit: 3 });
  const file = new TextDecoder("latin1").decode(await client.file(job_id, "top.parquet"));

  const second = await client.submitJob(long);
  let asked = false;
  let last = "";
  for await (const { state } of client.watchJobs([second.job_id])) {
    last = state;
    if (state === "running" && !asked) {
      asked = (await client.cancelJob(second.job_id)).cancel_requested_at !== null;
    }
  }
  const refused = await client.job("99999999-9999-4999-8999-999999999999").then(
    () => ["Nothing", "", 0] as const,
    ({ name, code, status }) => [name, code, status] as const,
  );
  return {
    states: [...states],
    rows: items.map(({ variant_key, total_return_pct }) => ({ variant_key, total_return_pct })),
    file: file.slice(0, 4) + file.slice(-4),
    cancelled: [asked, last],
    refused,
  };
}
