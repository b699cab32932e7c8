import { memo, type ReactNode } from 'react';
import type { AttemptCell } from '../../src/protocol/runPanel.ts';
import { Clock } from '../parts/Clock.tsx';
import { Evidence } from '../parts/Evidence.tsx';
import { State } from '../parts/Icon.tsx';
import { useCell } from '../panel.ts';
import { PatchDiff } from './PatchDiff.tsx';
import { ATTEMPT_LOOKS, CHECK_LOOKS, PATCH_LOOKS } from '../words.ts';

/** One attempt at a task: who, its patches and checks, time and money; each one click from what it rests on. */
export const AttemptCard = memo(function AttemptCard({ name }: { readonly name: string }): ReactNode {
  const attempt = useCell('attempt', name);
  if (attempt === undefined) return null;
  return (
    <div className="attempt" role="group" aria-label={`Attempt ${attempt.number} at ${attempt.task}`}>
      <p className="attemptHead">
        <strong>Attempt {attempt.number}</strong>
        <span>{attempt.worker}</span>
        <State look={ATTEMPT_LOOKS[attempt.state]} />
        <span className="figures quiet">
          <Clock since={attempt.startedAt} until={attempt.endedAt} />
          {attempt.price === '' ? '' : `, ${attempt.price}`}
        </span>
      </p>
      <Patches patches={attempt.patches} isAtWork={attempt.state === 'running'} />
      <Checks checks={attempt.checks} />
    </div>
  );
});

function Patches({
  patches,
  isAtWork,
}: {
  readonly patches: AttemptCell['patches'];
  readonly isAtWork: boolean;
}): ReactNode {
  if (patches.length === 0) return null;
  return (
    <ul className="plain">
      {patches.map((patch, index) => (
        <li key={index} dir="auto">
          <State look={PATCH_LOOKS[patch.outcome]} /> <span className="quiet">{patchText(patch)}</span>{' '}
          {patch.place === null ? null : <Evidence place={patch.place}>Show change</Evidence>}
          {patch.place?.kind === 'patch' ? <PatchDiff name={patch.place.key} isOpen={isAtWork} /> : null}
        </li>
      ))}
    </ul>
  );
}

/** The files of a patch, and why it was refused where it was. */
function patchText({ outcome, text, files }: AttemptCell['patches'][number]): string {
  const names = files.join(', ');
  if (outcome === 'applied' || text === '') return names;
  return files.every((file) => text.includes(file)) ? text : [text, names].join(': ');
}

function Checks({ checks }: { readonly checks: AttemptCell['checks'] }): ReactNode {
  if (checks.length === 0) return null;
  return (
    <ul className="plain">
      {checks.map((check, index) => (
        <li key={index}>
          <State look={CHECK_LOOKS[check.outcome]} /> <code>{check.name}</code>{' '}
          {check.output === null ? null : (
            <Evidence place={check.output} label={`Output of ${check.name}`}>
              Output
            </Evidence>
          )}
        </li>
      ))}
    </ul>
  );
}
