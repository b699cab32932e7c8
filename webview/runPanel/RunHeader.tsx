import type { ReactNode } from 'react';
import type { PanelAction } from '../../src/protocol/panelActions.ts';
import type { RunHead } from '../../src/protocol/runPanel.ts';
import { Button } from '../parts/Button.tsx';
import { Clock } from '../parts/Clock.tsx';
import { State } from '../parts/Icon.tsx';
import { useCell, usePanel } from '../panel.ts';
import { counted, dollars, RUN_LOOKS, tokensText } from '../words.ts';
import { usePending } from './usePending.ts';

/** Which run, where it stands, what it cost, and what can be done with it as a whole. */
export function RunHeader(): ReactNode {
  const head = useCell('head');
  if (head === undefined) return null;
  return (
    <header className="head">
      <div className="title">
        <h1 dir="auto">
          <span className="specId">{head.specId}</span> {head.title}
        </h1>
        <p className="facts">
          <span className="chip">
            <State look={RUN_LOOKS[head.state]} />
            <span className="figures">
              <Clock since={head.startedAt} until={head.endedAt} form="clock" />
            </span>
          </span>
          <Money head={head} />
          <span className="quiet">{callsText(head)}</span>
          {head.size === 'hotfix' ? <span className="quiet">Hotfix</span> : null}
        </p>
        {head.owner === 'elsewhere' ? <p className="quiet">Followed read-only: at work in another process.</p> : null}
      </div>
      <HeaderActions head={head} />
    </header>
  );
}

function callsText(head: RunHead): string {
  const recorded =
    head.recordedCalls === 0
      ? ''
      : head.recordedCalls === head.calls
        ? ', all recorded'
        : `, ${head.recordedCalls} recorded`;
  const cached = head.cachedTokens === 0 ? '' : ` (${tokensText(head.cachedTokens)} cached)`;
  return `${counted(head.calls, 'call')}${recorded}; ${tokensText(head.inputTokens)} tokens in${cached}, ${tokensText(head.outputTokens)} out`;
}

function Money({ head }: { readonly head: RunHead }): ReactNode {
  const spent = head.settled + head.reserved + head.inDoubt;
  const share = head.budget === 0 ? 0 : Math.min(1, spent / head.budget);
  const beside = [
    head.reserved > 0 ? `${dollars(head.reserved)} reserved` : '',
    head.inDoubt > 0 ? `${dollars(head.inDoubt)} in doubt` : '',
  ].filter((text) => text !== '');
  return (
    <span className="money">
      <span className="figures">
        {dollars(head.settled)} of {dollars(head.budget)}
        {beside.length === 0 ? '' : ` (${beside.join(', ')})`}
      </span>
      <span
        className={share >= 0.8 ? 'bar warn' : 'bar'}
        role="meter"
        aria-label="Budget used"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
      >
        <span style={{ width: `${share * 100}%` }} />
      </span>
    </span>
  );
}

interface HeadAction {
  readonly title: string;
  readonly action: PanelAction;
  readonly isPrimary?: boolean;
  readonly isDisabled?: boolean;
}

function HeaderActions({ head }: { readonly head: RunHead }): ReactNode {
  const { bridge } = usePanel();
  const [isPending, begin] = usePending();
  return (
    <div className="actions" role="group" aria-label="Run">
      {actionsOf(head).map(({ title, action, isPrimary = false, isDisabled = false }) => (
        <Button
          key={title}
          isPrimary={isPrimary}
          isDisabled={isDisabled || isPending}
          onPress={() => {
            begin();
            bridge.post(action);
          }}
        >
          {title}
        </Button>
      ))}
    </div>
  );
}

function actionsOf(head: RunHead): readonly HeadAction[] {
  const isFollowed = head.owner === 'elsewhere';
  const stop: HeadAction = { title: 'Stop', action: { kind: 'stop' } };
  const review: HeadAction = { title: 'Review Changes', action: { kind: 'review' } };
  const goOn: HeadAction = { title: 'Continue', action: { kind: 'resume' }, isPrimary: true, isDisabled: isFollowed };
  const anew = head.stale === null ? [] : [{ ...goOn, isPrimary: false }];
  const overBudget: HeadAction = {
    title: 'Continue over Budget…',
    action: { kind: 'resumeOverBudget' },
    isDisabled: isFollowed,
  };
  const again: HeadAction = { title: 'Run Again', action: { kind: 'runAgain' }, isDisabled: isFollowed };
  switch (head.state) {
    case 'working':
      return [{ title: 'Pause', action: { kind: 'pause' }, isDisabled: isFollowed }, stop];
    case 'pausing':
      return [stop];
    case 'stopping':
      return [{ ...stop, isDisabled: true }];
    // What is stale is made anew by going on, whatever waits for the person meanwhile.
    case 'proposed':
      return head.owner === 'nobody' ? [...anew, review] : [stop, review];
    case 'question':
      return head.owner === 'nobody' ? anew : [stop];
    case 'applied':
      return [{ title: 'Undo', action: { kind: 'undo' }, isDisabled: isFollowed }, again];
    case 'blocked':
      return head.atLimit === true ? [again, overBudget, goOn] : [again, goOn];
    case 'rejected':
    case 'paused':
    case 'stopped':
    case 'failed':
    case 'interrupted':
      return [again, goOn];
  }
}
