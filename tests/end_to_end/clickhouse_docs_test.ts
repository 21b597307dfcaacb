import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { candleTableStatements } from "../../src/adapters/clickhouse/candle_table_ddl.ts";
import { sharedClickHouse } from "../helpers/clickhouse.ts";
import { hasPrograms } from "../helpers/optional_program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const document = Deno.readTextFileSync(`${root}docs/candles.md`);
const clickHouse = await sharedClickHouse();
const withoutShell = !await hasPrograms("bash");

/** Code blocks of a language, in order. */
function blocks(language: string): readonly string[] {
  return [...document.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((
    [, text],
  ) => text!);
}

Deno.test("docs/candles.md shows the statements that make the table", () => {
  const [shown] = blocks("sql");
  assert.equal(shown, candleTableStatements("market_data").map((statement) => `${statement};\n`).join(""));
});

Deno.test({
  name: "the commands and queries of docs/candles.md run as written and show what they promise",
  ignore: clickHouse.ignore || withoutShell,
  async fn() {
    await using folder = await temporaryFolder();
    const { settings, run } = clickHouse.server();
    // the document's server, login and folder are those of its reader
    const ours = (text: string) =>
      text.replaceAll("8123", String(settings.port))
        .replaceAll(
          "CH_USER=default CH_PASSWORD=",
          `CH_USER=${settings.user} CH_PASSWORD=${settings.password}`,
        )
        .replaceAll(/\bbtc(-german)?\.csv/g, `${folder.path}/$&`);
    const found = blocks("sh");
    assert.equal(found.length, 6);
    const [, setting] = /^(export .*)$/m.exec(found.join("\n")) ?? [];
    for (const block of found) {
      const [, shows] = /^# shows (.+)$/m.exec(block) ?? [];
      assert.ok(shows, `A block states nothing that it shows: ${block}`);
      const { code, stdout, stderr } = await bash(ours(`${setting}\n${block}`));
      assert.equal(code, 0, `${block}\n${stderr}`);
      assert.ok(stdout.includes(ours(shows)), `${block}\nshows:\n${stdout}`);
    }
    const [, query] = blocks("sql");
    assert.equal(
      await run(query!.replace(/;\s*$/, "")),
      "2\t2024-01-01 00:00:00.000\t2024-01-01 00:01:00.000\n",
    );
  },
});

async function bash(script: string) {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-euo", "pipefail", "-c", `deno() { "${Deno.execPath()}" "$@"; }\n${script}`],
    cwd: root,
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
