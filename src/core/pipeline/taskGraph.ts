import type { Plan, Task } from './outputs.ts';

/**
 * What is wrong with the tasks as a graph, in words for the architect: duplicate ids, unknown or own dependencies, cycles, files outside the plan,
 * files of the plan nobody touches, tasks for no requirement, and two tasks of one wave that share a file. At most 20.
 */
export function taskGraphProblems(tasks: readonly Task[], plan: Plan): readonly string[] {
  const ids = tasks.map((task) => task.id);
  const planned = new Set(plan.files.map((file) => file.path));
  const touched = new Set(tasks.flatMap((task) => task.files));
  const problems = [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `The id ${id} is used twice.`),
    ...tasks.flatMap((task) =>
      task.depends_on.filter((id) => !ids.includes(id)).map((id) => `${task.id} depends on ${id}, which is no task.`),
    ),
    ...tasks.flatMap((task) =>
      task.files
        .filter((path) => !planned.has(path))
        .map((path) => `${task.id} names ${path}, which is not in the plan.`),
    ),
    ...[...planned]
      .filter((path) => !touched.has(path))
      .map((path) => `No task changes ${path}, which the plan names.`),
    ...tasks.filter((task) => task.requirements.length === 0).map((task) => `${task.id} serves no requirement.`),
  ];
  const waves = wavesOf(tasks);
  const placed = new Set(waves.flat().map((task) => task.id));
  const stuck = tasks.filter((task) => !placed.has(task.id));
  if (stuck.length > 0 && problems.length === 0)
    problems.push(`These tasks wait for each other in a circle: ${stuck.map((task) => task.id).join(', ')}.`);
  for (const wave of waves) problems.push(...overlaps(wave));
  return problems.slice(0, 20);
}

function overlaps(wave: readonly Task[]): readonly string[] {
  return wave.flatMap((task, index) =>
    wave.slice(index + 1).flatMap((other) => {
      const shared = task.files.filter((path) => other.files.includes(path));
      return shared.length === 0
        ? []
        : [
            `${task.id} and ${other.id} may be done in any order and both change ${shared.join(', ')}: let one depend on the other.`,
          ];
    }),
  );
}

/** Tasks in waves: each wave depends only on earlier ones; within a wave the given order is kept. Tasks in a circle are left out. */
export function wavesOf(tasks: readonly Task[]): readonly (readonly Task[])[] {
  const waves: Task[][] = [];
  const done = new Set<string>();
  let left = [...tasks];
  while (left.length > 0) {
    const wave = left.filter((task) => task.depends_on.every((id) => done.has(id)));
    if (wave.length === 0) return waves;
    waves.push(wave);
    for (const task of wave) done.add(task.id);
    left = left.filter((task) => !done.has(task.id));
  }
  return waves;
}
