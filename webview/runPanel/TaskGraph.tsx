import { memo, type ReactNode } from 'react';
import type { TaskCell } from '../../src/protocol/runPanel.ts';
import { Fold } from '../parts/Fold.tsx';
import { State } from '../parts/Icon.tsx';
import { useCell, useCells, type Keyed } from '../panel.ts';
import { counted, TASK_LOOKS } from '../words.ts';

/** The tasks in waves: those of one wave wait only for waves before it. */
export const TaskGraph = memo(function TaskGraph(): ReactNode {
  const tasks = useCells('task');
  if (tasks.length === 0) return null;
  const waves = wavesOf(tasks);
  return (
    <div className="card">
      <h3>
        Tasks{' '}
        <span className="quiet">
          {counted(tasks.length, 'task')} in {counted(waves.length, 'wave')}
        </span>
      </h3>
      <ol className="waves">
        {waves.map((wave, index) => (
          <li key={index} aria-label={`Wave ${index + 1}`}>
            <ul>
              {wave.map((key) => (
                <TaskRow key={key} name={key} />
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </div>
  );
});

/** Keys of tasks by wave. A task in a circle, or after one that is not known, stands in the last. */
function wavesOf(tasks: readonly Keyed<'task'>[]): readonly (readonly string[])[] {
  const waves: (readonly string[])[] = [];
  const known = new Set(tasks.map(({ cell }) => cell.id));
  const done = new Set<string>();
  let rest = tasks;
  while (rest.length > 0) {
    const isFree = ({ cell }: Keyed<'task'>) => cell.dependsOn.every((id) => done.has(id) || !known.has(id));
    const free = rest.filter(isFree);
    const wave = free.length === 0 ? rest : free;
    waves.push(wave.map(({ key }) => key));
    for (const { cell } of wave) done.add(cell.id);
    rest = rest.filter((task) => !wave.includes(task));
  }
  return waves;
}

const TaskRow = memo(function TaskRow({ name }: { readonly name: string }): ReactNode {
  const task = useCell('task', name);
  if (task === undefined) return null;
  return (
    <li className="taskRow">
      <span className="taskState">
        <State look={TASK_LOOKS[task.state]} />
      </span>
      <span dir="auto">
        <strong>{task.id}</strong> {task.title}
        <span className="quiet below">{besideOf(task)}</span>
        {task.files.length <= FILES_IN_LINE ? null : (
          <Fold id={`files/${name}`} title={counted(task.files.length, 'file')} level={3}>
            {() => (
              <ul className="plain">
                {task.files.map((file) => (
                  <li key={file}>
                    <code>{file}</code>
                  </li>
                ))}
              </ul>
            )}
          </Fold>
        )}
      </span>
    </li>
  );
});

/** Files shown beside their task; more are folded. */
const FILES_IN_LINE = 2;

function besideOf(task: TaskCell): string {
  const after = task.dependsOn.length === 0 ? '' : `after ${task.dependsOn.join(', ')}`;
  const covers = task.requirements.length === 0 ? '' : `covers ${task.requirements.join(', ')}`;
  const files = task.files.length <= FILES_IN_LINE ? task.files.join(', ') : '';
  return [after, covers, files].filter((text) => text !== '').join('; ');
}
