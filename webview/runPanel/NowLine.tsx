import { memo, type ReactNode } from 'react';
import { useNow } from '../clock.ts';
import { Clock } from '../parts/Clock.tsx';
import { Icon } from '../parts/Icon.tsx';
import { useCell, useHead } from '../panel.ts';
import { dollars } from '../words.ts';

/** After how long without a token or a line of output the heartbeat says so (milliseconds). */
const SILENT_AFTER_MS = 10_000;

/** What is being done at this moment, for how long, and whether anything is still heard. */
export const NowLine = memo(function NowLine(): ReactNode {
  const now = useCell('now');
  const held = useHead((head) => (head.reserved === 0 ? '' : `holds up to ${dollars(head.reserved)}`));
  if (now === undefined || now === null) return null;
  return (
    <p className="now" dir="auto">
      <span className="state busy">
        <Icon name="sync codicon-modifier-spin" />
      </span>
      {now.task === null ? null : <strong>{now.task}</strong>}
      <span>{now.doing}</span>
      {now.worker === null ? null : <span className="quiet">by {now.worker}</span>}
      <span className="figures quiet">
        <Clock since={now.since} until={null} />
        {now.characters === 0 ? null : `, ${now.characters.toLocaleString('en')} characters`}
      </span>
      {held === undefined || held === '' ? null : <span className="figures quiet">{held}</span>}
      <Heartbeat beatAt={now.beatAt} />
    </p>
  );
});

function Heartbeat({ beatAt }: { readonly beatAt: string }): ReactNode {
  const silence = useNow() - Date.parse(beatAt);
  const isSilent = silence > SILENT_AFTER_MS;
  return (
    <span className={isSilent ? 'heartbeat warn' : 'heartbeat quiet'}>
      <Icon name="pulse" />
      {isSilent ? `silent for ${Math.floor(silence / 1000)} s` : 'alive'}
    </span>
  );
}
