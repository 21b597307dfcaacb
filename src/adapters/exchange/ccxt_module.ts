/** What is used of the package, whose own types are larger than this project. */
export interface CcxtExchange {
  readonly id: string;
  readonly symbols?: readonly string[];
  readonly timeframes: Readonly<Record<string, string>>;
  readonly has: Readonly<Record<string, unknown>>;
  readonly features?: Readonly<
    Record<string, { readonly fetchOHLCV?: { readonly limit?: number } } | undefined>
  >;
  readonly urls: { api: unknown };
  loadMarkets(): Promise<unknown>;
  market(symbol: string): { readonly spot?: boolean; readonly swap?: boolean };
  fetchTime(): Promise<number>;
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    since: number,
    limit: number,
  ): Promise<readonly (readonly (number | null | undefined)[])[]>;
  close?(): Promise<unknown>;
}

/** An error class of the package. */
type CcxtErrorClass = new (...args: never[]) => Error;

/** The package: exchanges and errors by their names. */
export type Ccxt =
  & Readonly<Record<string, new (options: Readonly<Record<string, unknown>>) => CcxtExchange>>
  & {
    readonly exchanges: readonly string[];
    readonly NetworkError: CcxtErrorClass;
    readonly BadSymbol: CcxtErrorClass;
    readonly BaseError: CcxtErrorClass;
  };
