import { memo, type ReactNode } from 'react';
import type { RunHead } from '../../src/protocol/runPanel.ts';
import { Clock } from '../parts/Clock.tsx';
import { Fold } from '../parts/Fold.tsx';
import { Icon } from '../parts/Icon.tsx';
import { useCell, useCells } from '../panel.ts';
import { CALL_LOOKS, tokensText } from '../words.ts';

interface CallListProps {
  readonly stage: RunHead['stage'];
  readonly isPresent: boolean;
}

/** The calls of a stage, newest first, each with its price as it settles. */
export const CallList = memo(function CallList({ stage, isPresent }: CallListProps): ReactNode {
  const keys = useCells('call')
    .filter(({ cell }) => cell.stage === stage)
    .map(({ key }) => key);
  if (keys.length === 0) return null;
  return (
    <Fold id={`calls/${stage}`} title="Calls" count={keys.length} isOpen={isPresent} level={3}>
      {() => (
        <ul className="plain calls">
          {keys.toReversed().map((key) => (
            <Call key={key} name={key} />
          ))}
        </ul>
      )}
    </Fold>
  );
});

const Call = memo(function Call({ name }: { readonly name: string }): ReactNode {
  const call = useCell('call', name);
  if (call === undefined) return null;
  const { state, task, role, mode, worker, price, startedAt, endedAt } = call;
  const look = CALL_LOOKS[state];
  return (
    <li className="call">
      <span className={`state ${look.tone}`}>
        <Icon name={look.icon} />
        <span className="forReaders">{look.word}</span>
      </span>
      <span dir="auto">
        {task === null ? null : <strong>{task} </strong>}
        {role}
        {mode === undefined ? null : `, mode ${mode}`} <span className="quiet">{worker}</span>
      </span>
      <span className="figures quiet">
        {state === 'calling' || state === 'released' ? null : tokensOf(call)}
        {startedAt === null ? null : <Clock since={startedAt} until={state === 'calling' ? null : endedAt} />}
      </span>
      <span className="price">{price}</span>
    </li>
  );
});

function tokensOf(call: {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
}) {
  const cached = call.cachedTokens === 0 ? '' : ` (${tokensText(call.cachedTokens)} cached)`;
  return `${tokensText(call.inputTokens)} in${cached}, ${tokensText(call.outputTokens)} out, `;
}
