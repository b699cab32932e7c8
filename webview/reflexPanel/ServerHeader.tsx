import { memo, useEffect, useState, type ReactNode } from 'react';
import type { ServerNow } from '../../src/protocol/reflexPanel.ts';
import { Button } from '../parts/Button.tsx';
import { State } from '../parts/Icon.tsx';
import { useCell, usePanel } from '../panel.ts';
import { SERVER_LOOKS } from '../words.ts';

/** Which server it is, how it is and why, on which machine, and what can be done about it. */
export const ServerHeader = memo(function ServerHeader(): ReactNode {
  const now = useCell('reflexNow') ?? null;
  return (
    <header className="head">
      <div className="title">
        <h1 dir="auto">
          Local server {now === null ? null : <span className="specId">{`${now.worker} (${now.model})`}</span>}
        </h1>
        {now === null ? (
          <p>
            No local server of this folder is watched: its speckit.toml names none, or the workspace is not trusted.
          </p>
        ) : (
          <>
            <p className="facts" dir="auto">
              <span className="chip">
                <State look={lookOf(now)} />
              </span>
              <span>{now.words}</span>
            </p>
            <p className="quiet" dir="auto">
              {now.machine}
            </p>
          </>
        )}
      </div>
      {now === null ? null : <Actions state={now.state} />}
      <Said state={now?.state} />
    </header>
  );
});

/** A server that SpecKit could not keep up needs a person. */
const lookOf = ({ state, level }: ServerNow) => ({
  ...SERVER_LOOKS[state],
  ...(level === 'error' && { tone: 'bad' as const }),
});

function Actions({ state }: { readonly state: ServerNow['state'] }): ReactNode {
  const { bridge } = usePanel();
  const run = (command: 'health' | 'start' | 'logs') => () => bridge.post({ kind: 'reflexCommand', command });
  return (
    <div className="actions">
      {state === 'off' || state === 'down' ? (
        <Button isPrimary onPress={run('start')}>
          Start
        </Button>
      ) : null}
      <Button onPress={run('health')}>Check Health</Button>
      <Button onPress={run('logs')}>Show Log</Button>
    </div>
  );
}

/** Says another state to a screen reader; nothing at the beginning, nor with each reading. */
function Said({ state }: { readonly state: ServerNow['state'] | undefined }): ReactNode {
  const [first] = useState(state);
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (state !== first || said !== '')
      setSaid(state === undefined ? 'No local server is watched any more.' : `The local server is ${state}.`);
    // Only another state is news.
  }, [state]);
  return (
    <div className="forReaders" role="status">
      {said}
    </div>
  );
}
