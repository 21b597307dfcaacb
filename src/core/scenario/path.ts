import { dateOfDay } from "./dates.ts";
import { cannotValue } from "./failures.ts";
import { putPrice } from "./put.ts";
import { splitContracts, wholeContracts } from "./template.ts";
import type { PathInput, ScenarioDay, ScenarioTerms } from "./terms.ts";

/** The accounts of one day, after its purchases and payoffs. */
export interface PathDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string;
  readonly spot_close: number;
  readonly spot_open: number;
  readonly spot_low: number;
  readonly spot_high: number;
  /** Units times the close. */
  readonly underlying_value: number;
  /** What the held puts are worth by the model at the close. */
  readonly option_market_value: number;
  /** Both, with payoffs received so far, less premiums paid so far. */
  readonly net_portfolio_value: number;
  readonly option_contracts: number;
  /** Loan to underlying, options and payoffs. */
  readonly ltv_hedged: number;
  readonly ltv_unhedged: number;
  readonly margin_call_hedged: boolean;
  readonly margin_call_unhedged: boolean;
  /** The same at the day's low; there where calls are decided at the low. */
  readonly ltv_hedged_low?: number;
  readonly ltv_unhedged_low?: number;
}

/** A daily path and what its hedge cost in all. */
export interface HedgedPath {
  readonly days: readonly PathDay[];
  /** All premiums, whatever came back of them. */
  readonly premiumsPaid: number;
}

interface HeldPut {
  readonly strike: number;
  readonly contracts: number;
}

/** What is held, paid and received up to a day. */
interface Account {
  held: readonly HeldPut[];
  /** Day since 1970 on which all that is held expires. */
  expiry: number;
  premiumsPaid: number;
  payoffsReceived: number;
}

/**
 * One template over the days: puts are bought at the close of the first day, settled at the first close on or after their
 * expiry, and bought anew at that close where the template rolls and the day is not the last. Premiums come from outside
 * the loan, payoffs stay pledged. Throws a `validation_error` for a figure that is not finite.
 */
export function hedgedPath(input: PathInput): HedgedPath {
  const { days, template: { roll } } = input;
  const account: Account = { held: [], expiry: Infinity, premiumsPaid: 0, payoffsReceived: 0 };
  const path = days.map((day, index) => {
    if (account.held.length > 0 && day.day >= account.expiry) settle(account, { day, input });
    const buys = index === 0 || (roll && index < days.length - 1);
    if (buys && account.held.length === 0) buy(account, { index, input });
    return accountsOf(account, { index, input });
  });
  return { days: path, premiumsPaid: account.premiumsPaid };
}

function buy(account: Account, { index, input }: OnDay): void {
  const { template: { legs, tenor_days }, terms, days } = input;
  const { contract_size, underlying_units } = terms;
  const contracts = wholeContracts(underlying_units, contract_size);
  const { day, close } = days[index]!;
  const split = splitContracts(contracts, legs);
  account.held = legs.map(({ moneyness }, leg) => ({ strike: moneyness * close, contracts: split[leg]! }));
  account.expiry = day + tenor_days;
  account.premiumsPaid += marketValue(account, { spot: close, index, input });
}

function settle(
  account: Account,
  { day: { close }, input }: { readonly day: ScenarioDay; readonly input: PathInput },
): void {
  const { contract_size } = input.terms;
  for (const { strike, contracts } of account.held) {
    account.payoffsReceived += contracts * contract_size * Math.max(strike - close, 0);
  }
  account.held = [];
}

interface OnDay {
  readonly index: number;
  readonly input: PathInput;
}

/** What the held puts are worth at a price of this day. */
function marketValue(
  { held, expiry }: Account,
  { spot, index, input }: OnDay & { readonly spot: number },
): number {
  const { terms: { contract_size, pricing }, days, volatilities } = input;
  const market = {
    spot,
    years: (expiry - days[index]!.day) / 365,
    riskFreeRate: pricing.risk_free_rate,
    dividendYield: pricing.dividend_yield,
    volatility: volatilities[index]!,
  };
  return held.reduce(
    (sum, { strike, contracts }) => sum + contracts * contract_size * putPrice({ ...market, strike }),
    0,
  );
}

function accountsOf(account: Account, { index, input }: OnDay): PathDay {
  const { terms, days } = input;
  const { day, open, high, low, close } = days[index]!;
  const date = dateOfDay(day);
  const loan = loanOn(day, { terms, entryDay: days[0]!.day });
  const at = (spot: number) => {
    const underlying = terms.underlying_units * spot;
    const options = marketValue(account, { spot, index, input });
    const pledged = underlying + options + account.payoffsReceived;
    return { underlying, options, pledged, hedged: loan / pledged, unhedged: loan / underlying };
  };
  const atClose = at(close);
  const atLow = terms.check === "low" ? at(low) : null;
  const decides = atLow ?? atClose;
  const accounts = {
    date,
    spot_close: close,
    spot_open: open,
    spot_low: low,
    spot_high: high,
    underlying_value: atClose.underlying,
    option_market_value: atClose.options,
    net_portfolio_value: atClose.pledged - account.premiumsPaid,
    option_contracts: account.held.reduce((sum, { contracts }) => sum + contracts, 0),
    ltv_hedged: atClose.hedged,
    ltv_unhedged: atClose.unhedged,
    margin_call_hedged: decides.hedged >= terms.margin_call_ltv,
    margin_call_unhedged: decides.unhedged >= terms.margin_call_ltv,
    ...(atLow === null ? {} : { ltv_hedged_low: atLow.hedged, ltv_unhedged_low: atLow.unhedged }),
  };
  requireFinite(accounts, terms.symbol);
  return accounts;
}

/** The loan with simple interest by actual days / 365. */
function loanOn(
  day: number,
  { terms, entryDay }: { readonly terms: ScenarioTerms; readonly entryDay: number },
): number {
  const { loan_amount, loan_rate_pct } = terms;
  return loan_amount * (1 + loan_rate_pct / 100 * ((day - entryDay) / 365));
}

function requireFinite(accounts: PathDay, symbol: string): void {
  for (const [name, value] of Object.entries(accounts)) {
    if (typeof value !== "number" || Number.isFinite(value)) continue;
    throw cannotValue({ symbol, date: accounts.date, what: `${name} is ${value}` });
  }
}
