import { memo, type ReactNode } from 'react';
import type { ReflexCommand } from '../../src/protocol/panelActions.ts';
import type { ServerNow, ShownStanding } from '../../src/protocol/reflexPanel.ts';
import { Button } from '../parts/Button.tsx';
import { useCell, usePanel } from '../panel.ts';

interface Step {
  readonly title: string;
  readonly text: string;
  readonly buttons: readonly ReflexCommand[];
}

const BUTTONS: Readonly<Record<ReflexCommand, string>> = {
  health: 'Check Health',
  plan: 'Plan the Server',
  start: 'Start',
  bakeoff: 'Run a Bake-Off…',
  logs: 'Show Log',
  configuration: 'Open speckit.toml',
};

/** What has to be done before the local server makes first attempts; nothing where it does. */
export const NextStep = memo(function NextStep(): ReactNode {
  const { bridge } = usePanel();
  const now = useCell('reflexNow');
  const standing = useCell('reflexStanding');
  const step = standing === undefined ? undefined : stepOf(standing, now?.state);
  if (step === undefined) return null;
  return (
    <section className="card part" aria-labelledby="next">
      <h2 id="next">{step.title}</h2>
      <p>{step.text}</p>
      <div className="actions">
        {step.buttons.map((command, index) => (
          <Button key={command} isPrimary={index === 0} onPress={() => bridge.post({ kind: 'reflexCommand', command })}>
            {BUTTONS[command]}
          </Button>
        ))}
      </div>
    </section>
  );
});

/** `state` is undefined where no server is watched. */
function stepOf(
  { isEnabled, endpoint, reports }: ShownStanding,
  state: ServerNow['state'] | undefined,
): Step | undefined {
  const isProved = reports.some(({ isPassed, isExpired, isOfThis }) => isPassed && !isExpired && isOfThis);
  if (!isEnabled && isProved)
    return {
      title: 'Reflex is not enabled',
      text: 'A bake-off has passed. Set enabled = true in [reflex] of speckit.toml, and the local server makes the first attempts.',
      buttons: ['configuration'],
    };
  if (!isEnabled && state === undefined)
    return {
      title: 'Reflex is not enabled',
      text: `[reflex] would use the server at ${endpoint}. “SpecKit: Plan the Local Server” says what fits your card and how it is served. Then “SpecKit: Run a Bake-Off of the Local Server...” proves it, and enabled = true in [reflex] of speckit.toml lets it make first attempts.`,
      buttons: ['plan', 'configuration', 'bakeoff'],
    };
  if (!isEnabled)
    return {
      title: 'Reflex is not enabled',
      text: '“SpecKit: Run a Bake-Off of the Local Server...” proves that it is good enough. After that, enabled = true in [reflex] of speckit.toml lets it make first attempts.',
      buttons: ['bakeoff', 'configuration'],
    };
  // A server that is there says more: its version, the prompts and the policy have to be those of the report.
  if (isProved && state !== 'not promoted') return undefined;
  return {
    title: 'Nothing proves it now',
    text: 'First attempts go to the next worker of the chain until “SpecKit: Run a Bake-Off of the Local Server...” has passed.',
    buttons: ['bakeoff'],
  };
}
