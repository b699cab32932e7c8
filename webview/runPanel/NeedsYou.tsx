import { memo, useState, type ReactNode } from 'react';
import type { RunHead } from '../../src/protocol/runPanel.ts';
import { Button } from '../parts/Button.tsx';
import { Icon } from '../parts/Icon.tsx';
import { TextBox } from '../parts/TextBox.tsx';
import { useCell, useCells, useHead, usePanel } from '../panel.ts';
import { counted } from '../words.ts';
import { Brief } from './Brief.tsx';
import { QuestionForm } from './QuestionForm.tsx';
import { usePending } from './usePending.ts';

/** What waits for a person, right below the header; nothing at all when nothing does. */
export const NeedsYou = memo(function NeedsYou(): ReactNode {
  const head = useCell('head');
  const proposal = useCell('proposal');
  const open = useCells('question').filter(({ cell }) => cell.answer === null);
  if (head === undefined) return null;
  const isProposed = proposal?.state === 'waiting' && head.state === 'proposed';
  const trouble = troubleOf(head);
  if (open.length === 0 && !isProposed && trouble === undefined && head.stale === null) return null;
  return (
    <section className="needs" aria-labelledby="needsTitle">
      <h2 id="needsTitle">Needs you</h2>
      {open.map(({ key }) => (
        <QuestionForm key={key} name={key} />
      ))}
      {isProposed ? <Decision /> : null}
      {trouble === undefined ? null : (
        <div className="need">
          <p dir="auto">
            <Icon name={head.state === 'interrupted' || head.state === 'paused' ? 'warning' : 'error'} /> {trouble}
          </p>
          <Explain />
        </div>
      )}
      {head.stale === null ? null : (
        <div className="need">
          <p dir="auto">
            <Icon name="history" /> Stale: {head.stale}
          </p>
        </div>
      )}
    </section>
  );
});

/** What is wrong, where the run cannot go on by itself; Continue and Run Again stand in the header. */
function troubleOf(head: RunHead): string | undefined {
  switch (head.state) {
    case 'failed':
    case 'blocked':
    case 'interrupted':
      return head.text === '' ? 'The run did not say why it ended. Its steps below say how far it came.' : head.text;
    case 'working':
    case 'pausing':
    case 'stopping':
    case 'proposed':
    case 'applied':
    case 'rejected':
    case 'paused':
    case 'stopped':
    case 'question':
      return undefined;
  }
}

function Explain(): ReactNode {
  const { bridge } = usePanel();
  return (
    <div className="actions">
      <Button onPress={() => bridge.post({ kind: 'explain' })}>Explain</Button>
    </div>
  );
}

/** The proposal waits: its brief, and approve, reject or try. */
function Decision(): ReactNode {
  const { bridge } = usePanel();
  const proposal = useCell('proposal');
  const isFollowed = useHead((head) => head.owner) === 'elsewhere';
  const [isPending, begin] = usePending();
  const [isRejecting, setRejecting] = useState(false);
  if (proposal === undefined) return null;
  const files = counted(proposal.files.length, 'file');
  return (
    <div className="need">
      <h3>
        <Icon name="git-compare" /> Review {files}
      </h3>
      <Brief text={proposal.brief} />
      <div className="actions">
        <Button isPrimary onPress={() => bridge.post({ kind: 'review' })}>
          Review Changes
        </Button>
        <Button
          isDisabled={isFollowed || isPending}
          onPress={() => {
            begin();
            bridge.post({ kind: 'approveAll', round: proposal.round });
          }}
        >
          Approve All
        </Button>
        <Button isDisabled={isFollowed || isPending} onPress={() => setRejecting(!isRejecting)}>
          Reject…
        </Button>
        <Button onPress={() => bridge.post({ kind: 'tryProposal' })}>Open and Try It</Button>
      </div>
      {isRejecting ? (
        <Rejection key={proposal.round} round={proposal.round} onDone={() => setRejecting(false)} />
      ) : null}
    </div>
  );
}

function Rejection({ round, onDone }: { readonly round: number; readonly onDone: () => void }): ReactNode {
  const { bridge } = usePanel();
  const [why, setWhy] = useState('');
  return (
    <div className="form">
      <TextBox label="Why it is rejected" placeholder="Why? The next attempt is told." value={why} onChange={setWhy} />
      <div className="actions">
        <Button
          isDisabled={why.trim() === ''}
          onPress={() => {
            bridge.post({ kind: 'reject', round, why: why.trim() });
            onDone();
          }}
        >
          Reject
        </Button>
        <Button onPress={onDone}>Cancel</Button>
      </div>
    </div>
  );
}
