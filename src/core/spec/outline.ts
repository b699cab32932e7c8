import type { Block } from './blocks.ts';
import { parseDefinition, type Definition, idsIn } from './identifiers.ts';
import { scenarioWord, scenarioParts, type ScenarioWord } from './scenario.ts';

/*
 * Walks the blocks of a spec once and notes what each states and where it stands: below which requirement or story, in which region.
 * What the notes amount to (duplicates, derived ids, mentions against definitions) is decided afterwards, in resolve.ts, when all ids are known.
 */

export interface RequirementNote {
  readonly kind: 'requirement';
  readonly id: string;
  readonly setOff: boolean;
  /** True below a heading or label such as "Acceptance Criteria": there an id mostly names what a criterion belongs to. */
  readonly inCriteria: boolean;
  readonly block: number;
  readonly line: number;
  readonly texts: string[];
}

export interface StoryNote {
  readonly kind: 'story';
  readonly id: string;
  readonly block: number;
  readonly line: number;
  readonly title: string;
  priority: string | undefined;
}

export interface CriterionNote {
  readonly kind: 'criterion';
  readonly setOff: boolean;
  readonly ownId: string | undefined;
  readonly block: number;
  readonly line: number;
  readonly texts: string[];
  readonly requirement: string | undefined;
  readonly story: string | undefined;
  readonly named: readonly string[];
}

export type Note = RequirementNote | StoryNote | CriterionNote;

type Scope =
  | { readonly kind: 'requirement'; readonly depth: number; readonly id: string }
  | { readonly kind: 'story'; readonly depth: number; readonly id: string }
  | { readonly kind: 'criteria'; readonly depth: number }
  | { readonly kind: 'criterion'; readonly depth: number; readonly note: CriterionNote }
  | { readonly kind: 'other'; readonly depth: number };

interface Walk {
  readonly notes: Note[];
  /** Open headings, outermost first; `depth` is the heading level. */
  readonly headings: Scope[];
  /** Open list items, outermost first; `depth` is the indent, -1 for a paragraph that governs the list below it. */
  readonly items: Scope[];
  /** The scenario that When, Then and And lines still belong to; `isActed` once it has its When or Then. */
  scenario: { readonly note: CriterionNote; isActed: boolean } | undefined;
  nStories: number;
}

/** Most items (requirements, stories and criteria together) one spec is read for. */
export const ITEM_CAP = 5_000;

/**
 * What the blocks state, in order of appearance, at most ITEM_CAP notes; `cutAt` is the line after which nothing more was noted.
 * Linear in the number of blocks (nesting is capped by indent). Never throws.
 */
export function readOutline(blocks: readonly Block[]): { readonly notes: readonly Note[]; readonly cutAt?: number } {
  const walk: Walk = { notes: [], headings: [], items: [], scenario: undefined, nStories: 0 };
  for (const [index, block] of blocks.entries()) {
    if (walk.notes.length >= ITEM_CAP) return { notes: walk.notes, cutAt: block.line };
    visit(walk, block, index);
  }
  return { notes: walk.notes };
}

function visit(walk: Walk, block: Block, index: number): void {
  switch (block.kind) {
    case 'heading':
      return visitHeading(walk, block, index);
    case 'item':
      closeScopes(walk.items, block.indent);
      return visitText(walk, block, index);
    case 'paragraph':
      return visitParagraph(walk, block, index);
    case 'row':
      return visitRow(walk, block, index);
    case 'quote':
      walk.scenario = undefined;
  }
}

function visitHeading(walk: Walk, block: Block, index: number): void {
  walk.items.length = 0;
  walk.scenario = undefined;
  closeScopes(walk.headings, block.level);
  const depth = block.level;
  const story = storyTitle(block.text, walk.nStories);
  const definition = parseDefinition(block.text);
  if (story !== undefined) return openStory(walk, walk.headings, { ...story, block: index, line: block.line, depth });
  if (definition?.family === 'requirement') {
    noteRequirement(walk, definition, block, index);
    walk.headings.push({ kind: 'requirement', depth, id: definition.id });
    return;
  }
  if (definition?.family === 'criterion') {
    walk.headings.push({ kind: 'criterion', depth, note: noteCriterion(walk, block, index, definition) });
    return;
  }
  walk.headings.push({ kind: isCriteriaLabel(block.text) ? 'criteria' : 'other', depth });
}

function visitParagraph(walk: Walk, block: Block, index: number): void {
  // A paragraph at the margin ends the list above it; an indented one belongs to its item.
  closeScopes(walk.items, block.indent < 2 ? 0 : block.indent);
  const isLabel = isCriteriaLabel(block.text);
  if (block.indent < 2 && !isLabel && scenarioWord(block.text) === undefined) walk.items.length = 0;
  if (isLabel && block.indent < 2) {
    openScope(walk.items, { kind: 'criteria', depth: -1 });
    walk.scenario = undefined;
    return;
  }
  visitText(walk, block, index);
}

function visitText(walk: Walk, block: Block, index: number): void {
  const depth = block.kind === 'paragraph' && block.indent < 2 ? -1 : block.indent;
  const definition = parseDefinition(block.text);
  const story = /^[*_]{0,2}(?:user\s+story|US-?)\s*\d/iu.test(block.text)
    ? storyTitle(strip(block.text), walk.nStories)
    : undefined;
  if (story !== undefined && definition?.family !== 'criterion') {
    return openStory(walk, walk.items, { ...story, block: index, line: block.line, depth });
  }
  const priority = /^[*_]{0,2}priority[*_]{0,2}\s*[:：][*_\s]{0,4}(P\d)(?!\d)/iu.exec(block.text)?.[1];
  if (priority !== undefined) return notePriority(walk, priority);
  if (definition?.family === 'requirement' && (definition.setOff || block.kind === 'item')) {
    noteRequirement(walk, definition, block, index);
    openScope(walk.items, { kind: 'requirement', depth, id: definition.id });
    return;
  }
  if (definition?.family === 'criterion' && definition.setOff) {
    openScope(walk.items, { kind: 'criterion', depth, note: noteCriterion(walk, block, index, definition) });
    return;
  }
  visitLoose(walk, block, index, depth);
}

/** A text without an id of its own: a scenario, a criterion by where it stands, or nothing. */
function visitLoose(walk: Walk, block: Block, index: number, depth: number): void {
  const word = scenarioWord(block.text);
  if (word !== undefined && word !== 'given' && continuesScenario(walk, block, word)) return;
  const scope = walk.items.at(-1) ?? walk.headings.at(-1);
  if (scope?.kind === 'criterion' && word !== 'given') {
    scope.note.texts.push(block.text);
    return;
  }
  if (isCriteriaLabel(block.text)) {
    openScope(walk.items, { kind: 'criteria', depth });
    return;
  }
  const isLabelled = /^[*_]{0,2}acceptance(?: criteri(?:on|a)| test| scenario)?[*_]{0,2}\s*[:：]/iu.test(block.text);
  if (block.text !== '' && (isLabelled || isCriterion(walk, block, word))) {
    const note = noteCriterion(walk, block, index, undefined);
    openScope(walk.items, { kind: 'criterion', depth, note });
    return;
  }
  const governing = walk.headings.at(-1);
  if (block.kind === 'paragraph' && governing?.kind === 'requirement' && walk.items.length === 0)
    appendToRequirement(walk, block);
  if (block.kind === 'item') openScope(walk.items, { kind: 'other', depth });
}

function isCriterion(walk: Walk, block: Block, word: ScenarioWord | undefined): boolean {
  const scope = walk.items.at(-1);
  const governing = scope?.kind === 'other' ? undefined : (scope ?? walk.headings.at(-1));
  if (block.kind === 'item' && governing?.kind === 'criteria') return true;
  if (block.kind === 'item' && block.box !== 'none' && governing?.kind === 'requirement') return true;
  const isTitled = /^[*_]{0,2}scenario(?!\p{L})/iu.test(block.text);
  if (word !== 'given' && word !== 'when' && !isTitled) return false;
  const isWhole = scenarioParts(block.text).outcome !== undefined;
  const isOwned = ownerOf(walk, 'requirement') !== undefined || ownerOf(walk, 'story') !== undefined;
  const inCriteria = isInCriteria(walk);
  // Prose may begin with "Given" too: outside the regions for criteria only a whole scenario, or a list item below its owner, counts.
  return isWhole
    ? block.kind === 'item' || isOwned || inCriteria
    : inCriteria || (isOwned && block.kind === 'item' && word === 'given');
}

function continuesScenario(walk: Walk, block: Block, word: ScenarioWord): boolean {
  const { scenario } = walk;
  if (scenario === undefined || (word === 'when' && scenario.isActed)) return false;
  scenario.note.texts.push(block.text);
  scenario.isActed ||= word !== 'and';
  return true;
}

function visitRow(walk: Walk, block: Block, index: number): void {
  walk.scenario = undefined;
  const cells = block.text.split('|').map((cell) => cell.trim());
  const definition = parseDefinition(cells[1] ?? '');
  if (definition === undefined) return;
  const text = [definition.text, ...cells.slice(2)].filter((cell) => cell !== '').join(' – ');
  const whole = { ...definition, text, setOff: false };
  if (definition.family === 'requirement') noteRequirement(walk, whole, block, index);
  if (definition.family === 'criterion') noteCriterion(walk, block, index, whole);
}

function noteRequirement(walk: Walk, definition: Definition, block: Block, index: number): void {
  const inCriteria = isInCriteria(walk);
  const { id, setOff, text } = definition;
  walk.scenario = undefined;
  walk.notes.push({
    kind: 'requirement',
    id,
    setOff,
    inCriteria,
    block: index,
    line: block.line,
    texts: text === '' ? [] : [text],
  });
}

function noteCriterion(walk: Walk, block: Block, index: number, definition: Definition | undefined): CriterionNote {
  const text = definition?.text ?? block.text.replace(/^[*_]{0,2}acceptance[^:：]{0,20}[:：][*_\s]{0,4}/iu, '');
  const note: CriterionNote = {
    kind: 'criterion',
    setOff: definition?.setOff ?? true,
    ownId: definition?.id,
    block: index,
    line: block.line,
    texts: [text],
    requirement: ownerOf(walk, 'requirement'),
    story: ownerOf(walk, 'story'),
    named: idsIn(`${definition?.note ?? ''} ${text}`),
  };
  const word = scenarioWord(text);
  walk.scenario =
    word === undefined ? undefined : { note, isActed: word !== 'given' || scenarioParts(text).given !== undefined };
  walk.notes.push(note);
  return note;
}

function openStory(walk: Walk, scopes: Scope[], story: Omit<StoryNote, 'kind'> & { readonly depth: number }): void {
  const { depth, ...note } = story;
  walk.scenario = undefined;
  walk.nStories += 1;
  walk.notes.push({ kind: 'story', ...note });
  openScope(scopes, { kind: 'story', depth, id: note.id });
}

function notePriority(walk: Walk, priority: string): void {
  const id = ownerOf(walk, 'story');
  const story = walk.notes.findLast((note) => note.kind === 'story');
  if (story?.id === id && story !== undefined) story.priority ??= priority.toUpperCase();
}

function appendToRequirement(walk: Walk, block: Block): void {
  const last = walk.notes.findLast((note) => note.kind !== 'criterion');
  if (last?.kind !== 'requirement') return;
  // The heading is a sentence of its own; the period keeps it apart from what follows.
  const title = last.texts.length === 1 ? last.texts.pop() : undefined;
  if (title !== undefined) last.texts.push(/[.!?:。：]$/u.test(title) ? title : `${title}.`);
  last.texts.push(block.text);
}

/** A title such as `User Story 2 - Sign out (Priority: P1)`, `Story 2: …` or `US-2 …`; `nBefore` numbers one that has no number. */
function storyTitle(text: string, nBefore: number): Omit<StoryNote, 'kind' | 'block' | 'line'> | undefined {
  const match = /^(?:user\s+story(?!\p{L})\s*#?(\d{1,4})?|story\s+#?(\d{1,4})|(US-?\d{1,4}))(?![\p{L}\p{N}.])/iu.exec(
    text,
  );
  if (match === null) return undefined;
  const rest = text.slice(match[0].length);
  if (match[0].length < text.length && !/^[\s:：.–—-]/u.test(rest)) return undefined;
  const priority = /[([]\s*(?:priority\s*[:：]?\s*)?(P\d)\s*[)\]]/iu.exec(rest);
  const title = priority === null ? rest : rest.replace(priority[0], ' ');
  return {
    id: match[3]?.toUpperCase() ?? `US${Number(match[1] ?? match[2] ?? nBefore + 1)}`,
    title: title.replace(/^[\s:：.–—-]{1,8}/u, '').trim(),
    priority: priority?.[1]?.toUpperCase(),
  };
}

/** "Acceptance Criteria", "Acceptance Scenarios:" and the like, alone in a heading, paragraph or item. */
function isCriteriaLabel(text: string): boolean {
  return /^[*_\d.\s]{0,8}acceptance(?:\s+(?:scenarios?|criteria|criterion|tests?))?[\s*_:：]*(?:\([^)]{0,60}\)[\s*_:：]{0,8})?$/iu.test(
    text.slice(0, 160),
  );
}

function isInCriteria(walk: Walk): boolean {
  return [...walk.items, ...walk.headings].some((scope) => scope.kind === 'criteria');
}

function ownerOf(walk: Walk, kind: 'requirement' | 'story'): string | undefined {
  const scope =
    walk.items.findLast((item) => item.kind === kind) ?? walk.headings.findLast((heading) => heading.kind === kind);
  return scope !== undefined && 'id' in scope ? scope.id : undefined;
}

/** Opens a scope. At depth -1 only an owner and the newest of the rest stay open, so the stack cannot grow with the text. */
function openScope(scopes: Scope[], scope: Scope): void {
  while (scope.depth < 0 && (scopes.at(-1)?.kind === 'criterion' || scopes.at(-1)?.kind === scope.kind)) scopes.pop();
  scopes.push(scope);
}

function closeScopes(scopes: Scope[], depth: number): void {
  while ((scopes.at(-1)?.depth ?? -2) >= depth) scopes.pop();
}

function strip(text: string): string {
  return text.replace(/\*\*|__/gu, '');
}
