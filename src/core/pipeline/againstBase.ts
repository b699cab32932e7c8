import type { Signal } from '../gates/signal.ts';
import type { Attempt } from './attempt.ts';
import type { RunContext } from './context.ts';
import { runCheck } from './evidence.ts';

/**
 * The signals, with a mark on each failing check that fails on the base tree as well. Asked before a failure costs more than another attempt of the same
 * worker: a check that is broken by itself is no reason to call a dearer one. What was measured on the base is measured once in a run.
 */
export async function comparedWithBase(
  context: RunContext,
  { evidence }: Attempt,
  signals: readonly Signal[],
): Promise<readonly Signal[]> {
  const failed = evidence.flatMap(({ check, outcome }) => (outcome === 'failed' ? [check] : []));
  const before = new Set<string>();
  for (const check of failed)
    if ((await runCheck(context, check, 'base', context.workspace.base)).outcome === 'failed') before.add(check);
  if (before.size === 0) return signals;
  return signals.map((signal) =>
    signal.kind === 'toolTruth' && before.has(signal.check) ? { ...signal, failsWithoutChange: true } : signal,
  );
}
