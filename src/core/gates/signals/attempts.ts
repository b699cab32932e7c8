import { counted } from '../../../base/counted.ts';
import { z } from 'zod';
import { boundedText } from '../bounds.ts';
import { type GateContext, nextOwner, PROCEED, STOP } from '../context.ts';
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
  /** The checks of this attempt failed with the very output of the same worker's attempt before. Logs of before lack it. */
  isRepeated: z.boolean().optional(),
});
export type Attempts = z.infer<typeof attemptsSchema>;

/**
 * Attempts decide nothing by themselves; they say how far other rules climb. Only a worker that brings the same failure twice is not asked a third
 * time, however many attempts it had left. A count that is no count is missing.
 */
export function weighAttempts(signal: Attempts, context: GateContext): readonly Finding[] {
  if (!isUsable(signal)) {
    const text = `The attempts of ${signal.worker} are not whole numbers.`;
    return [{ effect: STOP, rule: 'missing-signal:attempts', text }];
  }
  const text = `${signal.worker} failed ${counted(signal.failedHere, 'time')} before, ${counted(signal.workersLeft, 'worker')} left.`;
  const counts: Finding = { effect: PROCEED, rule: 'attempts-counted', text };
  if (signal.isRepeated !== true) return [counts];
  const again = `${signal.worker} failed twice with the same output: a third attempt would bring no other.`;
  return [counts, { effect: nextOwner(context), rule: 'no-oscillation', text: again }];
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
