import type { SentStatement, Sql } from "../../src/adapters/postgres/connect.ts";

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly PlanNode[];
}

/** How a statement was carried out. */
export interface Explained {
  /** Kinds of the nodes that read jobs or an index, each with its index, such as `Index Only Scan idx_x`. */
  readonly scans: readonly string[];
  /** Pages looked at, in memory or not. */
  readonly pages: number;
  readonly ms: number;
}

/** Carries a statement out as it was sent and says how; what it changes stays. */
export async function explained(sql: Sql, { text, parameters }: SentStatement): Promise<Explained> {
  const command = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`;
  const [row] = await sql.unsafe(command, parameters as string[]);
  const { Plan: root, "Execution Time": ms } = row!["QUERY PLAN"][0] as {
    readonly Plan: PlanNode;
    readonly "Execution Time": number;
  };
  const scans = nodes(root)
    .filter((node) => node["Relation Name"] === "backtest_jobs" || node["Index Name"] !== undefined)
    .map((node) => `${node["Node Type"]} ${node["Index Name"] ?? ""}`);
  return { scans, pages: root["Shared Hit Blocks"] + root["Shared Read Blocks"], ms };
}

function nodes(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodes)];
}
