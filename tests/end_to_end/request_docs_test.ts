import { requestBodySchema } from "../../src/request/body.ts";
import { parseRequestText } from "../../src/request/parse.ts";
import { buildPlan } from "../../src/request/plan.ts";
import type { BacktestTemplate } from "../../src/request/template.ts";
import assert from "node:assert/strict";
import { z } from "zod";
import { parseDefaultGrids } from "../../src/request/default_grids_file.ts";
import { runProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const document = Deno.readTextFileSync(new URL("../../docs/requests.md", import.meta.url));
const [example] = /(?<=^```json\n)[^]*?(?=^```$)/m.exec(document)!;

type Schema = z.core.JSONSchema.JSONSchema;

/** A member with a value of its own, and the names it may hold where they are a closed list. */
interface Member {
  readonly path: string;
  readonly names: readonly unknown[];
}

/** The members of a request, a template's without `template.`; `overrides` repeats the template's and is one. */
function members(schema: Schema, path = ""): Member[] {
  const { properties, items, additionalProperties: any, ...rest } = withoutNull(schema);
  const below = path === "" || path === "template" ? "" : `${path}.`;
  if (properties !== undefined && path !== "overrides") {
    return Object.entries(properties).flatMap(([name, member]) => members(member as Schema, below + name));
  }
  if (items !== undefined) return members(items as Schema, `${path}[]`);
  if (typeof any === "object") {
    return members(any, `${path}.${path === "signal_grids" ? "<id>" : "<name>"}`);
  }
  return [{ path, names: rest.enum ?? [] }];
}

function withoutNull(schema: Schema): Schema {
  const forms = schema.anyOf?.filter((form) => (form as Schema).type !== "null");
  return forms?.length === 1 ? forms[0] as Schema : schema;
}

Deno.test("docs/requests.md names every member of a request, and every name that a member may hold", () => {
  const rows = [...document.matchAll(/^\| (`[^|]*?) +\| (.*?) +\|/gm)].flatMap(([, paths, text]) =>
    [...paths!.matchAll(/`([^`]+)`/g)].map(([, path]) => ({ path: path!, text: text! }))
  );
  const known = members(z.toJSONSchema(requestBodySchema, { io: "input", unrepresentable: "any" }));
  assert.ok(known.length > 25);
  const documented = rows.map(({ path }) => path).filter((path) => path !== "template");
  assert.deepEqual(documented.toSorted(), known.map(({ path }) => path).toSorted());
  for (const { path, names } of known) {
    const { text } = rows.find((row) => row.path === path)!;
    for (const name of names) assert.ok(text.includes(`\`${name}\``), `${path} does not say ${name}`);
  }
});

Deno.test("the request of docs/requests.md runs and has as many variants as said", async () => {
  await using folder = await temporaryFolder();
  const path = await folder.write("first.json", example!);
  const candles = "docs/examples/sp500-daily.csv";
  const { code, stdout } = await runProgram(["backtest", "--request", path, "--candles", candles, "--json"]);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).variants.length, 5);
  const request = parseRequestText(example!, "first.json");
  assert.ok("template" in request);
  const first = planOf(request.template);
  const product = first.stageATotal * first.riskTotal;
  assert.ok(document.includes(`it has ${first.stageATotal} variants without stop and ${product} with one:`));
  const indicator_grids = [{ indicator_id: "momentum.rsi", params: {} }];
  const alone = planOf({ ...request.template, indicator_grids });
  assert.ok(document.includes(`${alone.stageATotal.toLocaleString("en")} variants`));
});

const gridsPath = "configs/indicators.yaml";
const defaults = parseDefaultGrids(Deno.readTextFileSync(new URL(`../../${gridsPath}`, import.meta.url)), {
  path: gridsPath,
});

function planOf(template: BacktestTemplate) {
  const settled = { ...template, direction_mode: "long-short", sizing_mode: "all_in", execution } as const;
  return buildPlan({ template: settled, preselect: 20_000 }, { defaults, maxVariants: 600_000 });
}

const execution = {
  init_cash_quote: 10_000,
  fixed_quote: 100,
  safe_profit_percent: 30,
  fee_pct: 0.05,
  slippage_pct: 0.01,
};
