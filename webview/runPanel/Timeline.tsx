import { memo, type ReactNode } from 'react';
import { Evidence } from '../parts/Evidence.tsx';
import { Fold } from '../parts/Fold.tsx';
import { useCell, useKeys } from '../panel.ts';
import { timeText } from '../words.ts';

/** The run's steps as they came, newest first, so that the end of a long run is where the fold opens. */
export const Timeline = memo(function Timeline(): ReactNode {
  const keys = useKeys('line');
  if (keys.length === 0) return null;
  return (
    <Fold id="steps" title="Steps" count={keys.length}>
      {() => (
        <ol className="plain timeline" reversed>
          {keys.toReversed().map((key) => (
            <Line key={key} name={key} />
          ))}
        </ol>
      )}
    </Fold>
  );
});

const Line = memo(function Line({ name }: { readonly name: string }): ReactNode {
  const line = useCell('line', name);
  if (line === undefined) return null;
  return (
    <li>
      <time dateTime={line.at} className="quiet figures">
        {timeText(line.at)}
      </time>
      <span className="quiet kind">{line.kind}</span>
      <span dir="auto" className="lineText">
        <Evidence place={line.place}>{line.text}</Evidence>
        {line.price === undefined ? null : <span className="price">{line.price}</span>}
      </span>
    </li>
  );
});
