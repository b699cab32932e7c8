import { memo, type ReactNode } from 'react';
import { Fold } from '../parts/Fold.tsx';
import { useCell, useKeys } from '../panel.ts';
import { counted } from '../words.ts';
import { AttemptCard } from './AttemptCard.tsx';

/** Attempts by task, in the order in which the tasks were begun; the newest task's are open. */
export const AttemptList = memo(function AttemptList(): ReactNode {
  const tasks = Map.groupBy(useKeys('attempt'), (key) => key.split('/')[1] ?? '');
  const last = [...tasks.keys()].at(-1);
  return [...tasks].map(([task, keys]) =>
    task === last ? (
      <AttemptsOfTask key={task} task={task} keys={keys} />
    ) : (
      <Fold key={task} id={`attempts/${task}`} title={`${task}: ${counted(keys.length, 'attempt')}`} level={3}>
        {() => <AttemptsOfTask task={task} keys={keys} />}
      </Fold>
    ),
  );
});

interface AttemptsOfTaskProps {
  readonly task: string;
  readonly keys: readonly string[];
}

function AttemptsOfTask({ task, keys }: AttemptsOfTaskProps): ReactNode {
  const cell = useCell('task', `task/${task}`);
  return (
    <div className="card">
      <h3 dir="auto">
        {task} {cell?.title}
      </h3>
      {keys.map((key) => (
        <AttemptCard key={key} name={key} />
      ))}
    </div>
  );
}
