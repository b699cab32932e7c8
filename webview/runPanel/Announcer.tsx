import { useEffect, useState, type ReactNode } from 'react';
import { useCells, useHead } from '../panel.ts';
import { capital, DECISION_LOOKS, RUN_LOOKS } from '../words.ts';

/** Says to a screen reader what a person who looks away wants to hear: a new stage, a new state, a verdict. Never tokens, and nothing of the past. */
export function Announcer(): ReactNode {
  const state = useHead((head) => `${capital(head.stage)}: ${RUN_LOOKS[head.state].word}.`) ?? '';
  const verdict = useCells('verdict').at(-1)?.cell;
  const decision =
    verdict === undefined ? '' : `${capital(verdict.stage)}, gate: ${DECISION_LOOKS[verdict.decision].word}.`;
  return (
    <div className="forReaders">
      <Said text={state} />
      <Said text={decision} />
    </div>
  );
}

function Said({ text }: { readonly text: string }): ReactNode {
  const [first, setFirst] = useState<string>();
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (first === undefined) {
      if (text !== '') setFirst(text);
    } else if (text !== first || said !== '') setSaid(text);
  }, [text, first, said]);
  return <div role="status">{said}</div>;
}
