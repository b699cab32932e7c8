import assert from 'node:assert/strict';
import { withEnvironment } from '../../../src/core/policy/environmentSettings.ts';
import { configurationSchema } from '../../../src/core/settings.ts';

/** Whether a critic is asked, or the beginning of what is said. */
function check(environment: Readonly<Record<string, string>>, written: boolean, expected: boolean | RegExp): void {
  const result = withEnvironment(configurationSchema.parse({ gates: { critic: written } }), environment);
  if (typeof expected === 'boolean') assert.deepEqual(result.kind === 'ok' && result.value.gates.critic, expected);
  else assert.match(result.kind === 'error' ? result.error : '', expected);
}

describe('the environment over the configuration', () => {
  it('switches the critic on and off', () => {
    check({}, true, true);
    for (const word of ['off', '0', 'False', 'no']) check({ SPEC_KIT_SIDECAR_CRITIC: word }, true, false);
    for (const word of ['on', '1', 'TRUE', ' yes ']) check({ SPEC_KIT_SIDECAR_CRITIC: word }, false, true);
    check({ SPEC_KIT_SIDECAR_CRITIC: '' }, false, false);
    check({ SPEC_KIT_SIDECAR_CRITIC: 'maybe' }, true, /^SPEC_KIT_SIDECAR_CRITIC is "maybe": it can be on or off/);
  });

  it('refuses a consensus, and takes one that is switched off for none', () => {
    check({ SPEC_KIT_CONSENSUS: '1' }, true, /^SPEC_KIT_CONSENSUS is set, and there is no vote/);
    check({ SPEC_KIT_CONSENSUS: 'three' }, true, /^SPEC_KIT_CONSENSUS is set/);
    check({ SPEC_KIT_CONSENSUS: 'off' }, true, true);
    check({ SPEC_KIT_CONSENSUS: '' }, true, true);
  });
});
