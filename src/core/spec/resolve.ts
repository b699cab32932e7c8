import { parentId } from './identifiers.ts';
import type { CriterionNote, Note, RequirementNote, StoryNote } from './outline.ts';
import type { Problem } from './problem.ts';
import { scenarioParts } from './scenario.ts';
import type { AcceptanceCriterion, Requirement, RequirementFamily, UserStory } from './spec.ts';

export interface ResolvedOutline {
  readonly requirements: readonly Requirement[];
  readonly stories: readonly UserStory[];
  readonly criteria: readonly AcceptanceCriterion[];
  /** Index of a block -> id of the item it states. */
  readonly subjects: ReadonlyMap<number, string>;
  readonly problems: readonly Problem[];
}

/**
 * Decides what the notes of an outline amount to, now that every id is known: which lines define an id and which only name it, what
 * each criterion belongs to, and the ids of criteria without one. Items with the same id are all kept and reported as `duplicate-id`.
 */
export function resolveOutline(path: string, notes: readonly Note[]): ResolvedOutline {
  const accepted = acceptDefinitions(notes);
  const requirements = accepted.requirements.map((note) => requirementOf(path, note));
  const stories = accepted.stories.map((note) => storyOf(path, note));
  const known: Known = {
    requirements: new Set(requirements.map((requirement) => requirement.id)),
    stories: new Map(stories.map((story) => [storyNumber(story.id), story.id])),
  };
  const criteria = criteriaOf(path, accepted.criteria, known);
  const blocks = [...accepted.requirements, ...accepted.stories].map((note): [number, string] => [note.block, note.id]);
  for (const [index, note] of accepted.criteria.entries()) blocks.push([note.block, criteria[index]?.id ?? '']);
  const problems = [
    ...duplicates([...requirements, ...stories, ...criteria]),
    ...requirements.filter((requirement) => requirement.text === '').map(emptyRequirement),
    ...accepted.criteria.flatMap((note) => unknownNames(path, note, known)),
  ];
  return { requirements, stories, criteria, subjects: new Map(blocks), problems };
}

interface Accepted {
  readonly requirements: readonly RequirementNote[];
  readonly stories: readonly StoryNote[];
  readonly criteria: readonly CriterionNote[];
}

interface Known {
  readonly requirements: ReadonlySet<string>;
  readonly stories: ReadonlyMap<number, string>;
}

function acceptDefinitions(notes: readonly Note[]): Accepted {
  const requirementNotes = notes.filter((note) => note.kind === 'requirement');
  const outside = new Set(requirementNotes.filter((note) => !note.inCriteria).map((note) => note.id));
  const setOff = new Set(requirementNotes.filter((note) => note.setOff).map((note) => note.id));
  const ownCriteria = new Set(
    notes.flatMap((note) => (note.kind === 'criterion' && note.setOff ? (note.ownId ?? []) : [])),
  );
  const all = new Set(requirementNotes.map((note) => note.id));
  const requirements: RequirementNote[] = [];
  const criteria: CriterionNote[] = [];
  const seen = new Set<string>();
  for (const note of notes) {
    if (note.kind === 'story') continue;
    const id = note.kind === 'requirement' ? note.id : note.ownId;
    // "FR-001 is covered by …", or a row of a table of ids, names what is defined elsewhere.
    if (!note.setOff && id !== undefined && (setOff.has(id) || ownCriteria.has(id) || seen.has(id))) continue;
    if (id !== undefined) seen.add(id);
    if (note.kind === 'criterion') {
      criteria.push(note);
      continue;
    }
    const parent = parentId(note.id);
    if (parent !== undefined && all.has(parent)) criteria.push(asCriterion(note, note.id, parent));
    else if (note.inCriteria && outside.has(note.id)) criteria.push(asCriterion(note, undefined, note.id));
    else requirements.push(note);
  }
  return { requirements, stories: notes.filter((note) => note.kind === 'story'), criteria };
}

function asCriterion(note: RequirementNote, ownId: string | undefined, requirement: string): CriterionNote {
  const { setOff, block, line, texts } = note;
  return { kind: 'criterion', setOff, ownId, block, line, texts, requirement, story: undefined, named: [] };
}

function requirementOf(path: string, note: RequirementNote): Requirement {
  return { id: note.id, family: familyOf(note.id), text: note.texts.join(' ').trim(), path, line: note.line };
}

function familyOf(id: string): RequirementFamily {
  if (id.startsWith('SC-')) return 'success';
  return id.startsWith('NFR-') ? 'non-functional' : 'functional';
}

function storyOf(path: string, note: StoryNote): UserStory {
  const { id, title, priority, line } = note;
  return { id, title, ...(priority !== undefined && { priority }), path, line };
}

function criteriaOf(path: string, notes: readonly CriterionNote[], known: Known): readonly AcceptanceCriterion[] {
  const taken = new Set(notes.flatMap((note) => note.ownId ?? []));
  const counts = new Map<string, number>();
  return notes.map((note): AcceptanceCriterion => {
    const requirements = tiedRequirements(note, known);
    const story = note.story ?? storyNamed(note, known);
    const text = note.texts.join(' ').trim();
    const base = note.requirement ?? story ?? requirements[0] ?? 'AC';
    return {
      id: note.ownId ?? nextDerivedId(base, counts, taken),
      source: note.ownId === undefined ? 'derived' : 'own',
      text,
      ...scenarioParts(text),
      requirements,
      ...(story !== undefined && { story }),
      path,
      line: note.line,
    };
  });
}

function nextDerivedId(base: string, counts: Map<string, number>, taken: ReadonlySet<string>): string {
  let count = counts.get(base) ?? 0;
  do count += 1;
  while (taken.has(`${base}.${count}`));
  counts.set(base, count);
  return `${base}.${count}`;
}

function tiedRequirements(note: CriterionNote, known: Known): readonly string[] {
  const named = note.named.map((id) => (known.requirements.has(id) ? id : (parentId(id) ?? id)));
  const owner = note.requirement === undefined ? [] : [note.requirement];
  return [...new Set([...owner, ...named])].filter((id) => known.requirements.has(id));
}

function storyNamed(note: CriterionNote, known: Known): string | undefined {
  const name = note.named.find((id) => id.startsWith('US'));
  return name === undefined ? undefined : known.stories.get(storyNumber(name));
}

/** US1, US-1 and US-001 name the same story. */
function storyNumber(id: string): number {
  return Number(/\d+/u.exec(id)?.[0] ?? 0);
}

function duplicates(
  items: readonly { readonly id: string; readonly path: string; readonly line: number }[],
): readonly Problem[] {
  const first = new Map<string, number>();
  return items.flatMap((item): readonly Problem[] => {
    const line = first.get(item.id);
    if (line === undefined) {
      first.set(item.id, item.line);
      return [];
    }
    const message = `${item.id} is used twice: first on line ${line}. Give each item its own id.`;
    return [{ rule: 'duplicate-id', severity: 'error', message, path: item.path, line: item.line }];
  });
}

function emptyRequirement({ id, path, line }: Requirement): Problem {
  return { rule: 'empty-requirement', severity: 'error', message: `${id} has an id but says nothing.`, path, line };
}

function unknownNames(path: string, note: CriterionNote, known: Known): readonly Problem[] {
  const unknown = note.named.filter((id) => {
    if (id.startsWith('AC') || id === note.ownId) return false;
    if (id.startsWith('US')) return !known.stories.has(storyNumber(id));
    return !known.requirements.has(id) && !known.requirements.has(parentId(id) ?? id);
  });
  return unknown.slice(0, 5).map((id): Problem => {
    const message = `A criterion names ${id}, which this spec does not define.`;
    return { rule: 'unknown-id', severity: 'warning', message, path, line: note.line };
  });
}
