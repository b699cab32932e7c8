import { memo, type ReactNode } from 'react';
import type { ProposalCell } from '../../src/protocol/runPanel.ts';
import { Evidence } from '../parts/Evidence.tsx';
import { Fold } from '../parts/Fold.tsx';
import { useCell } from '../panel.ts';
import { counted } from '../words.ts';
import { Brief } from './Brief.tsx';

const STATE_WORDS: Readonly<Record<ProposalCell['state'], string>> = {
  waiting: 'waits for your review',
  rejected: 'rejected',
  applied: 'applied',
};

type ProposedFile = ProposalCell['files'][number];

const CHANGE_WORDS: Readonly<Record<ProposedFile['change'], string>> = {
  added: 'A',
  modified: 'M',
  deleted: 'D',
};

/** The proposal: its files, each one click from its review, the commit message, and the brief once it is no longer shown above. */
export const ProposalCard = memo(function ProposalCard(): ReactNode {
  const proposal = useCell('proposal');
  if (proposal === undefined) return null;
  return (
    <div className="card">
      <h3>
        Proposal {proposal.round > 1 ? `(round ${proposal.round}) ` : ''}
        <span className="quiet">
          {STATE_WORDS[proposal.state]}, {counted(proposal.files.length, 'file')}
        </span>
      </h3>
      {proposal.state === 'waiting' ? null : <Brief text={proposal.brief} />}
      <ul className="plain files">
        {proposal.files.map((file) => (
          <li key={file.path}>
            <span className={`change ${file.change}`} title={file.change} aria-hidden="true">
              {CHANGE_WORDS[file.change]}
            </span>
            <span className="forReaders">{file.change} </span>
            <Evidence place={{ kind: 'proposal', path: file.path }}>
              <code>{file.path}</code>
            </Evidence>{' '}
            <span className="quiet">{hunksText(file)}</span>
          </li>
        ))}
      </ul>
      <Fold id="commitMessage" title="Commit message" level={3} isOpen={proposal.state === 'applied'}>
        {() => (
          <pre className="text" dir="auto">
            {proposal.commitMessage}
          </pre>
        )}
      </Fold>
    </div>
  );
});

function hunksText({ hunks, approved, rejected, voided }: ProposedFile): string {
  // Nothing is left to decide where the file already holds what was proposed.
  if (hunks === 0) return '';
  const open = hunks - approved - rejected;
  const parts = [
    approved > 0 ? `${approved} approved` : '',
    rejected > 0 ? `${rejected} rejected` : '',
    open > 0 && open < hunks ? `${open} open` : '',
    voided > 0 ? `${counted(voided, 'approval')} void: it changed since` : '',
  ].filter((text) => text !== '');
  return [counted(hunks, 'hunk'), ...parts].join(', ');
}
