import { counted } from '../../../base/counted.ts';
import { z } from 'zod';
import { boundedText } from '../bounds.ts';
import { PROCEED, STOP } from '../context.ts';
import type { Finding } from '../verdict.ts';

/**
 * How often this was tried before. `failedHere` counts this worker's failed attempts and `failedTotal` everyone's, neither with the
 * attempt judged now; `workersLeft` counts the workers after this one that could still be called.
 */
export const attemptsSchema = z.strictObject({
  kind: z.literal('attempts'),
  worker: boundedText,
  failedHere: z.int().nonnegative(),
  failedTotal: z.int().nonnegative(),
  workersLeft: z.int().nonnegative(),
});
export type Attempts = z.infer<typeof attemptsSchema>;

/** Attempts decide nothing by themselves; they say how far other rules climb. A count that is no count is missing. */
export function weighAttempts(signal: Attempts): readonly Finding[] {
  if (!isUsable(signal)) {
    const text = `The attempts of ${signal.worker} are not whole numbers.`;
    return [{ effect: STOP, rule: 'missing-signal:attempts', text }];
  }
  const text = `${signal.worker} failed ${counted(signal.failedHere, 'time')} before, ${counted(signal.workersLeft, 'worker')} left.`;
  return [{ effect: PROCEED, rule: 'attempts-counted', text }];
}

/** The worst of several counts, so that their order does not matter; undefined where none can be used. */
export function worstAttempts(
  signals: readonly Attempts[],
): { readonly failedHere: number; readonly workersLeft: number } | undefined {
  const usable = signals.filter(isUsable);
  if (usable.length === 0) return undefined;
  return {
    failedHere: Math.max(...usable.map((signal) => signal.failedHere)),
    workersLeft: Math.min(...usable.map((signal) => signal.workersLeft)),
  };
}

function isUsable({ failedHere, failedTotal, workersLeft }: Attempts): boolean {
  return [failedHere, failedTotal, workersLeft].every((count) => Number.isInteger(count) && count >= 0);
}
