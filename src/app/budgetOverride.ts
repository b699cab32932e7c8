import { INSIDE_RUN } from './insideRun.ts';
import { signatureOf, type Signature } from './person.ts';
import type { Services } from './services.ts';

/** The variable by which a person lets the runs that they start go past their limits in dollars. */
export const ALLOW_OVERFLOW = 'SPEC_OPS_ALLOW_BUDGET_OVERFLOW';

/** A person who lifted the limits in dollars, and by which means. */
export interface BudgetOverride extends Signature {
  readonly how: string;
}

/**
 * Who lifted the limits for this process, if anybody did: by the variable, or by an act in the host, which says by which (`lifted`). Nobody has inside a
 * run's command: such a process speaks for no person.
 */
export async function budgetOverrideOf(
  services: Services,
  root: string,
  lifted: string | undefined,
): Promise<BudgetOverride | undefined> {
  const { environment } = services.host;
  const how = lifted ?? (environment[ALLOW_OVERFLOW] === '1' ? `${ALLOW_OVERFLOW}=1` : undefined);
  if (how === undefined || environment[INSIDE_RUN] !== undefined) return undefined;
  return { ...(await signatureOf(services, root)), how };
}

/** The environment of a replay: what a person let the recorded run pass does not hold its replay back either. */
export const withOverride = (environment: Services['host']['environment']): Services['host']['environment'] => ({
  ...environment,
  [ALLOW_OVERFLOW]: '1',
});
