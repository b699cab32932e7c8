import type { WorkerSettings } from '../settings.ts';
import type { Billing } from './prices.ts';

/** Who pays for a worker's calls. */
export function billingOf(settings: Pick<WorkerSettings, 'provider' | 'local'>): Billing {
  if (settings.provider === 'recorded') return 'recorded';
  if (settings.provider === 'editor') return 'included';
  return settings.local ? 'local' : 'cloud';
}
