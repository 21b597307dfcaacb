import { type BacktestError, validationError } from "../errors/mod.ts";

/** Active jobs that some may have in place of everyone's number. */
export interface JobQuotas {
  /** By user id, lower case. */
  readonly users: Readonly<Record<string, number>>;
  readonly roles: Readonly<Record<string, number>>;
}

/** How many active jobs a user may have: his own number, else the largest of his roles, else everyone's. */
export function quotaOf(
  { userId, roles }: { readonly userId: string; readonly roles: readonly string[] },
  { quotas, usual }: { readonly quotas: JobQuotas; readonly usual: number },
): number {
  if (Object.hasOwn(quotas.users, userId)) return quotas.users[userId]!;
  const ofRoles = roles.filter((role) => Object.hasOwn(quotas.roles, role)).map((role) =>
    quotas.roles[role]!
  );
  return ofRoles.length > 0 ? Math.max(...ofRoles) : usual;
}

/** The refusal of a new job whose owner already has `active` of `maxActive` jobs queued or running. */
export function quotaExceeded(active: number, maxActive: number): BacktestError {
  return validationError(`Active backtest jobs quota exceeded (max=${maxActive})`, [{
    path: "body",
    code: "quota_exceeded",
    message: `active jobs limit reached (${active}/${maxActive})`,
  }]);
}
