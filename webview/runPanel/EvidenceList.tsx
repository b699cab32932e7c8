import { memo, type ReactNode } from 'react';
import { Evidence } from '../parts/Evidence.tsx';
import { Fold } from '../parts/Fold.tsx';
import { State } from '../parts/Icon.tsx';
import { useCell, useKeys } from '../panel.ts';
import { CHECK_LOOKS } from '../words.ts';

/** What the checks printed, newest attempt first. */
export const EvidenceList = memo(function EvidenceList(): ReactNode {
  const keys = useKeys('attempt');
  if (keys.length === 0) return null;
  return (
    <Fold id="evidence" title="Evidence">
      {() => (
        <ul className="plain">
          {keys.toReversed().map((key) => (
            <ChecksOf key={key} name={key} />
          ))}
        </ul>
      )}
    </Fold>
  );
});

const ChecksOf = memo(function ChecksOf({ name }: { readonly name: string }): ReactNode {
  const attempt = useCell('attempt', name);
  if (attempt === undefined) return null;
  return attempt.checks.flatMap((check, index) =>
    check.output === null
      ? []
      : [
          <li key={index}>
            <State look={CHECK_LOOKS[check.outcome]} />{' '}
            <Evidence place={check.output} label={`Output of ${check.name}, ${attempt.task} attempt ${attempt.number}`}>
              <code>{check.name}</code>
            </Evidence>{' '}
            <span className="quiet">
              {attempt.task}, attempt {attempt.number}
            </span>
          </li>,
        ],
  );
});
