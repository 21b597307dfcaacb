import type { Command } from "commander";
import { BacktestError } from "../../core/errors/mod.ts";
import { spacingText } from "../../core/bars/mod.ts";
import type { CliDeps } from "../deps.ts";
import { remoteClient, type RemoteOptions, withApi } from "../jobs/remote.ts";
import { positiveInteger, symbol, timeframe } from "../options.ts";

interface DeleteOptions extends RemoteOptions {
  readonly market: number;
  readonly symbol: string;
  readonly candleTimeframe?: number;
  readonly config?: string;
}

/** `candles delete`: removes what was imported of an instrument from the candle folder, or from an API. */
export function addDeleteCommand(candles: Command, deps: CliDeps): void {
  withApi(candles.command("delete"), {
    what: "delete what was uploaded to the API at this address",
  })
    .description(
      "Delete imported candles of an instrument from the candle folder, or uploaded ones from an API",
    )
    .requiredOption("--market <id>", "market id", positiveInteger)
    .requiredOption("--symbol <name>", "symbol", symbol)
    .option("--candle-timeframe <tf>", "only candles of it; else of all timeframes", timeframe)
    .option("--config <file>", "runtime config, for candles.directory")
    .action(async (options: DeleteOptions) => {
      const { market, symbol, candleTimeframe: timeframeMs } = options;
      const client = remoteClient(options, deps);
      const timeframes = client ? await remote() : await local();
      deps.out(`deleted ${symbol} of market ${market}: ${timeframes.join(", ")}\n`);

      async function remote(): Promise<readonly string[]> {
        const query = {
          market_id: market,
          symbol,
          ...(timeframeMs === undefined ? {} : { candle_timeframe: spacingText(timeframeMs) }),
        };
        return (await client!.deleteCandles(query, { signal: deps.stop })).timeframes;
      }

      async function local(): Promise<readonly string[]> {
        const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
        const store = deps.openCandleStore(config.candles.directory);
        const deleted = await store.remove({ market_id: market, symbol }, { timeframeMs });
        if (deleted.length > 0) return deleted;
        throw new BacktestError(
          "not_found",
          `Nothing of market ${market} symbol "${symbol}" was imported into ${store.name}`,
        );
      }
    });
}
