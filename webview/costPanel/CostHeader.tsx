import { memo, useEffect, useState, type ReactNode } from 'react';
import type { ShownChoice } from '../../src/protocol/costPanel.ts';
import type { Cell } from '../../src/protocol/runPanel.ts';
import { Icon } from '../parts/Icon.tsx';
import { useCell, usePanel } from '../panel.ts';
import { counted, dollars, tokensText } from '../words.ts';

type Total = Cell<'costTotal'>;

/** What the panel is of, the sum, how much of that is certain, and the choice of another. */
export const CostHeader = memo(function CostHeader(): ReactNode {
  const total = useCell('costTotal');
  if (total === undefined) return null;
  return (
    <header className="head">
      <div className="title">
        <h1 dir="auto">
          Costs <span className="specId">{`${ofText(total.choice)}, ${total.time}`}</span>
        </h1>
        <p className="facts">
          <span className="sum figures">
            {dollars(total.spent)}
            {total.currency === 'USD' ? '' : ` (${total.currency} ${foreign(total)})`} spent
          </span>
          <span className="quiet">{callsText(total)}</span>
        </p>
        <Doubts total={total} />
        {total.priceVersions.length === 0 ? null : <p className="quiet">Prices of {total.priceVersions.join(', ')}</p>}
      </div>
      <Choices total={total} />
      <Said total={total} />
    </header>
  );
});

const foreign = ({ spent, exchangeRate }: Total): string => ((spent / 1_000_000) * exchangeRate).toFixed(2);

const callsText = ({ calls, inputTokens, outputTokens }: Total): string =>
  `${counted(calls, 'call')}; ${tokensText(inputTokens)} tokens in, ${tokensText(outputTokens)} out`;

function ofText({ whose, spec }: ShownChoice): string {
  switch (whose) {
    case 'spec':
      return spec;
    case 'repository':
      return 'this repository';
    case 'everything':
      return 'all repositories';
  }
}

/** What is not certain of the sum. */
function Doubts({ total }: { readonly total: Total }): ReactNode {
  const doubts = [
    total.callsInFlight === 0
      ? ''
      : `${counted(total.callsInFlight, 'call')} in flight: up to ${dollars(total.reserved)} reserved.`,
    total.callsInDoubt === 0
      ? ''
      : `${counted(total.callsInDoubt, 'call')} in doubt, whose end nobody saw: up to ${dollars(total.inDoubt)}.`,
    total.callsEstimated === 0
      ? ''
      : `${counted(total.callsEstimated, 'call')} estimated, for the server told no usage: ${dollars(total.estimated)}.`,
    total.callsUnpriced === 0
      ? ''
      : `${counted(total.callsUnpriced, 'call')} unpriced: what they cost is unknown and in no sum. Set the model’s price in your own config.toml.`,
  ].filter((text) => text !== '');
  if (doubts.length === 0) return null;
  return (
    <ul className="plain">
      {doubts.map((text) => (
        <li key={text}>
          <span className="state warn">
            <Icon name="info" />
          </span>{' '}
          {text}
        </li>
      ))}
    </ul>
  );
}

const PERIODS: readonly (readonly [ShownChoice['period'], string])[] = [
  ['day', 'Today'],
  ['month', 'This month'],
  ['all', 'All'],
];

function Choices({ total }: { readonly total: Total }): ReactNode {
  const { bridge } = usePanel();
  // What was chosen is shown at once, and what the host says afterwards.
  const [choice, setChoice] = useState(total.choice);
  useEffect(() => setChoice(total.choice), [total.choice]);
  const choose = (next: ShownChoice): void => {
    setChoice(next);
    bridge.keepAbout({ ...next });
    bridge.post({ kind: 'chooseCosts', choice: next });
  };
  return (
    <form className="choices" onSubmit={(event) => event.preventDefault()}>
      <span>
        <label htmlFor="whose">Of</label>{' '}
        <select
          id="whose"
          value={choice.whose === 'spec' ? `spec ${choice.spec}` : choice.whose}
          onChange={({ currentTarget: { value } }) =>
            choose(
              value === 'repository' || value === 'everything'
                ? { ...choice, whose: value, spec: '' }
                : { ...choice, whose: 'spec', spec: value.slice('spec '.length) },
            )
          }
        >
          <option value="repository">This repository</option>
          <option value="everything">All repositories</option>
          {specsOf(total, choice).map((spec) => (
            <option key={spec} value={`spec ${spec}`}>
              {spec}
            </option>
          ))}
        </select>
      </span>
      <span>
        <label htmlFor="period">Time</label>{' '}
        <select
          id="period"
          value={choice.period}
          onChange={({ currentTarget: { value } }) => {
            const period = PERIODS.find(([name]) => name === value)?.[0];
            if (period !== undefined) choose({ ...choice, period });
          }}
        >
          {PERIODS.map(([name, word]) => (
            <option key={name} value={name}>
              {word}
            </option>
          ))}
        </select>
      </span>
    </form>
  );
}

/** The specs to choose from, with the one that was chosen though it may not be among them. */
const specsOf = ({ specs }: Total, { spec }: ShownChoice): readonly string[] =>
  spec === '' || specs.includes(spec) ? specs : [spec, ...specs];

/** Says to a screen reader what another choice has brought; nothing while calls settle, nor at the beginning. */
function Said({ total }: { readonly total: Total }): ReactNode {
  const of = `${ofText(total.choice)}, ${total.time}`;
  const [first] = useState(of);
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (of !== first || said !== '')
      setSaid(`Costs of ${of}: ${dollars(total.spent)} in ${counted(total.calls, 'call')}.`);
    // Only another choice is news.
  }, [of]);
  return (
    <div className="forReaders" role="status">
      {said}
    </div>
  );
}
