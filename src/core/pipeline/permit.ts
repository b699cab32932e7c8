import { sha256 } from '../../base/hash.ts';
import { cutMiddle } from '../run/normalise.ts';
import type { RunContext } from './context.ts';
import { RunStopped } from './stopped.ts';

/**
 * Judges a command before it runs and records the decision with its rule, once for each line. Throws RunStopped for one that is not allowed: a
 * declared check is allowed as it stands, unless what it would do is forbidden whoever declares it.
 */
export async function permit(context: RunContext, name: string, line: string): Promise<void> {
  const { kind, rule, reason } = await context.judge(line);
  const key = `command/${name}/${sha256(line).slice(0, 12)}`;
  context.steps.note('CommandDecision', {
    key,
    name,
    command: cutMiddle(line, 2_000),
    decision: kind,
    rule,
    reason: cutMiddle(reason, 1_000),
  });
  if (kind === 'allow') return;
  throw new RunStopped(
    'blocked',
    `The command of ${name}, \`${cutMiddle(line, 200)}\`, was not run: ${reason} (rule ${rule}). \`speckit policy check -- 'COMMAND'\` shows each part of it; change the line in speckit.toml.`,
  );
}
