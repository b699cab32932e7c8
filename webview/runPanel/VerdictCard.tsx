import { memo, type ReactNode } from 'react';
import type { VerdictCell } from '../../src/protocol/runPanel.ts';
import { Evidence } from '../parts/Evidence.tsx';
import { Fold } from '../parts/Fold.tsx';
import { Icon, State } from '../parts/Icon.tsx';
import { useCell } from '../panel.ts';
import { counted, DECISION_LOOKS, timeText } from '../words.ts';

/** A gate's verdict, always read the same way: the decision, by which rule, from which signals, each one click from its evidence. */
export const VerdictCard = memo(function VerdictCard({ name }: { readonly name: string }): ReactNode {
  const verdict = useCell('verdict', name);
  if (verdict === undefined) return null;
  const [deciding, ...others] = verdict.reasons;
  // A gate opens where no rule holds it: then none of them alone decided.
  const isAgreed = verdict.decision === 'proceed' && others.length > 0;
  const used = new Set(verdict.reasons.flatMap((reason) => (reason.signal === null ? [] : [reason.signal])));
  const from = verdict.signals.filter((_, index) => used.has(index));
  const rest = verdict.signals.filter((_, index) => !used.has(index));
  return (
    <div className="card verdict" role="group" aria-label="Verdict of the gate">
      <h3>
        Gate: <State look={DECISION_LOOKS[verdict.decision]} />
        {verdict.to === null ? null : (
          <span>
            <Icon name="arrow-right" /> to {verdict.to === 'person' ? 'a person' : verdict.to}
          </span>
        )}
        <span className="quiet figures">{timeText(verdict.at)}</span>
      </h3>
      <dl>
        <dt>{isAgreed ? 'All rules' : 'By rule'}</dt>
        <dd>{deciding === undefined ? 'none' : <Reason reason={deciding} />}</dd>
        {others.map((reason, index) => (
          <dd key={index} className={isAgreed ? undefined : 'quiet'}>
            <Reason reason={reason} />
          </dd>
        ))}
        <dt>From</dt>
        {from.length === 0 && rest.length === 0 ? <dd>no signal</dd> : null}
        {(from.length === 0 ? rest : from).map((signal, index) => (
          <Signal key={index} signal={signal} />
        ))}
      </dl>
      {from.length === 0 || rest.length === 0 ? null : (
        <Fold id={`signals/${name}`} title={`${counted(rest.length, 'other signal')} weighed`} level={3}>
          {() => (
            <dl>
              {rest.map((signal, index) => (
                <Signal key={index} signal={signal} />
              ))}
            </dl>
          )}
        </Fold>
      )}
    </div>
  );
});

function Reason({ reason }: { readonly reason: VerdictCell['reasons'][number] }): ReactNode {
  return (
    <span dir="auto">
      <code>{reason.rule}</code> {reason.text}
    </span>
  );
}

function Signal({ signal }: { readonly signal: VerdictCell['signals'][number] }): ReactNode {
  return (
    <dd dir="auto">
      <Evidence place={signal.place}>{signal.text}</Evidence>
    </dd>
  );
}
