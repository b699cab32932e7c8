import { err, ok, type Result } from '../../base/result.ts';
import type { Configuration } from '../settings.ts';

const CRITIC = 'SPEC_KIT_SIDECAR_CRITIC';
const CONSENSUS = 'SPEC_KIT_CONSENSUS';

const ON: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'on']);
const OFF: ReadonlySet<string> = new Set(['0', 'false', 'no', 'off']);

/**
 * The configuration with what the environment says of it; an error is a sentence for a person. SPEC_KIT_SIDECAR_CRITIC counts over gates.critic for new runs:
 * one that goes on keeps what it has frozen. SPEC_KIT_CONSENSUS asks for what does not exist here, and whoever sets it is told so before anything is paid.
 * A variable that is empty counts as not set.
 */
export function withEnvironment(
  configuration: Configuration,
  environment: Readonly<Record<string, string | undefined>>,
): Result<Configuration, string> {
  const consensus = wordOf(environment[CONSENSUS]);
  if (consensus !== undefined && !OFF.has(consensus))
    return err(
      `${CONSENSUS} is set, and there is no vote of several models here: one worker owns each stage, advisers object to it, and a gate decides by what was measured. Take the variable away. \`speckit route explain audit\` shows who advises; [advisers] in speckit.toml changes it.`,
    );
  const critic = wordOf(environment[CRITIC]);
  if (critic === undefined) return ok(configuration);
  if (!ON.has(critic) && !OFF.has(critic))
    return err(`${CRITIC} is "${critic.slice(0, 40)}": it can be on or off (also 1, 0, true, false, yes, no).`);
  return ok({ ...configuration, gates: { ...configuration.gates, critic: ON.has(critic) } });
}

function wordOf(value: string | undefined): string | undefined {
  const word = value?.trim().toLowerCase();
  return word === '' ? undefined : word;
}
