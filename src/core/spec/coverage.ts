import { siblingPath, type SpecDocuments } from './documents.ts';
import { parentId } from './identifiers.ts';
import { clip, type Problem } from './problem.ts';
import type { Requirement, Spec } from './spec.ts';

/**
 * Whether plan and tasks cover the requirements, and name only ids that exist. A requirement counts as covered when an entry names it, one of
 * its criteria, or a story whose criteria name it. Success criteria are outcomes measured afterwards: one without a task is an info.
 */
export function coverageProblems({ spec, plan, tasks }: SpecDocuments): readonly Problem[] {
  const known = knownIds(spec);
  const problems: Problem[] = [];
  if (plan !== undefined) {
    const entries = plan.steps.map((step) => ({ ...step, depends_on: [] }));
    problems.push(...documentProblems(spec, known, { name: 'plan', entry: 'step', entries }));
  }
  if (tasks !== undefined) {
    problems.push(...documentProblems(spec, known, { name: 'tasks', entry: 'task', entries: tasks.tasks }));
  }
  return problems;
}

interface Entry {
  readonly id: string;
  readonly requirements: readonly string[];
  readonly depends_on: readonly string[];
}

interface Document {
  readonly name: 'plan' | 'tasks';
  readonly entry: 'step' | 'task';
  readonly entries: readonly Entry[];
}

/** Every id of the spec -> the requirements it stands for. */
type KnownIds = ReadonlyMap<string, readonly string[]>;

function knownIds(spec: Spec): KnownIds {
  const known = new Map<string, readonly string[]>();
  for (const requirement of spec.requirements) known.set(requirement.id, [requirement.id]);
  for (const story of spec.stories) known.set(story.id, []);
  for (const criterion of spec.criteria) {
    known.set(criterion.id, criterion.requirements);
    if (criterion.story === undefined) continue;
    known.set(criterion.story, [...(known.get(criterion.story) ?? []), ...criterion.requirements]);
  }
  return known;
}

function documentProblems(spec: Spec, known: KnownIds, document: Document): readonly Problem[] {
  const path = siblingPath(spec.path, `${document.name}.json`);
  const covered = new Set(document.entries.flatMap((entry) => entry.requirements.flatMap((id) => known.get(id) ?? [])));
  const uncovered = [...new Map(spec.requirements.map((item) => [item.id, item])).values()].filter(
    (item) => !covered.has(item.id),
  );
  const entryIds = new Set(document.entries.map((entry) => entry.id));
  return [
    ...uncovered.map((requirement) => uncoveredProblem(requirement, document)),
    ...document.entries.flatMap((entry) => entryProblems(entry, { path, document, known, entryIds })),
    ...repeatedIds(path, document),
  ];
}

function uncoveredProblem(requirement: Requirement, { name, entry }: Document): Problem {
  const { id, path, line } = requirement;
  const severity = requirement.family === 'success' ? 'info' : 'error';
  return {
    rule: `${name}-coverage`,
    severity,
    message: `No ${name === 'plan' ? 'step of the plan' : entry} covers ${id}.`,
    path,
    line,
  };
}

interface EntryContext {
  readonly path: string;
  readonly document: Document;
  readonly known: KnownIds;
  readonly entryIds: ReadonlySet<string>;
}

function entryProblems(entry: Entry, { path, document, known, entryIds }: EntryContext): readonly Problem[] {
  const label = `${document.entry} ${clip(entry.id, 60)}`;
  const problems: Problem[] = [];
  for (const id of new Set(entry.requirements)) {
    if (known.has(id)) continue;
    const near = nearestId(id, known);
    const hint = near === undefined ? '' : ` Did it mean ${near}?`;
    const message = `In ${document.name}, ${label} names ${clip(id, 60)}, which the spec does not define.${hint}`;
    problems.push({ rule: 'unknown-id', severity: 'error', message, path, line: 1 });
  }
  for (const id of new Set(entry.depends_on)) {
    if (entryIds.has(id)) continue;
    const message = `In ${document.name}, ${label} depends on ${clip(id, 60)}, which is no ${document.entry}.`;
    problems.push({ rule: 'unknown-dependency', severity: 'error', message, path, line: 1 });
  }
  if (entry.requirements.length === 0) {
    const message = `In ${document.name}, ${label} serves no requirement.`;
    const severity = document.entry === 'task' ? 'warning' : 'info';
    problems.push({ rule: `orphan-${document.entry}`, severity, message, path, line: 1 });
  }
  return problems;
}

function repeatedIds(path: string, { name, entry, entries }: Document): readonly Problem[] {
  const seen = new Set<string>();
  return entries.flatMap(({ id }): readonly Problem[] => {
    const isRepeated = seen.has(id);
    seen.add(id);
    if (!isRepeated) return [];
    return [
      {
        rule: 'duplicate-id',
        severity: 'error',
        message: `In ${name}, two entries are ${entry} ${clip(id, 60)}.`,
        path,
        line: 1,
      },
    ];
  });
}

/** FR-1 where FR-001 was meant, or the requirement of a criterion that does not exist. */
function nearestId(id: string, known: KnownIds): string | undefined {
  const bare = bareId(id);
  const parent = parentId(id);
  return (
    [...known.keys()].find((candidate) => bareId(candidate) === bare) ??
    (parent !== undefined && known.has(parent) ? parent : undefined)
  );
}

function bareId(id: string): string {
  return id
    .slice(0, 100)
    .toUpperCase()
    .replace(/[-_ ]/gu, '')
    .replace(/(?<!\d)0+(?=\d)/gu, '');
}
