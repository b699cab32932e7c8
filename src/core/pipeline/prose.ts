import { unifiedDiff } from '../patch/unifiedDiff.ts';
import { defaultTestFile as isTestFile } from '../patch/testFile.ts';
import { fencedText } from '../prompt/fence.ts';
import { estimateTokens } from '../ledger/estimate.ts';
import { cutMiddle } from '../run/normalise.ts';
import type { SettledBy } from '../run/questionFacts.ts';
import type { FileContent, FileDifference, RepositoryPath } from '../ports.ts';
import type { RunContext } from './context.ts';
import { checksInOrder, type Evidence } from './evidence.ts';
import type { NearFiles } from './imports.ts';
import type { Brief, Plan, Task } from './outputs.ts';
import { nameText } from './nameText.ts';
import { charactersIn, noteCut, type CutLimit, type Room } from './room.ts';

/*
 * Values as the text that stands in prompts. Everything is capped here; the caps are characters.
 */

/** Ids of scenarios in one prompt. */
const SCENARIOS_SHOWN = 80;
/** Unchanged lines around a change that somebody judges who does not see the files. */
const JUDGED_CONTEXT = 10;
/** Names of files in one list. */
export const FILES_SHOWN = 400;
const DIFFERENCE_CAP = 60_000;
const CONTENTS_CAP = 120_000;

/** File names, one a line. */
export function fileListText(paths: readonly string[]): string {
  const shown = paths.slice(0, FILES_SHOWN).map(nameText);
  return paths.length > shown.length
    ? [...shown, `[${paths.length - shown.length} more files]`].join('\n')
    : shown.join('\n');
}

/** How much of files is shown: characters, and the room of the prompt, which is told of what is left out. */
export interface ContentsLimits {
  readonly cap?: number;
  readonly room?: Room;
  /** What becomes of the first file where it is larger than room or cap: it stands there all the same, without its middle where the room is smaller (when left out), or it is left out as any other. */
  readonly first?: 'cut' | 'whole';
}

/**
 * Files with their names, read as durable steps below `key`, those that matter most first. Files that do not exist are named as new. As many whole
 * files as fit, the first always unless `first` says otherwise; the others are named, so that nobody takes a part of a file for the whole.
 */
export async function contentsText(
  context: RunContext,
  key: string,
  paths: readonly string[],
  { cap = CONTENTS_CAP, room, first = 'cut' }: ContentsLimits = {},
): Promise<string> {
  const fitted = await fittedContents(context, key, paths, { cap, first, ...(room === undefined ? {} : { room }) });
  if (room !== undefined) noteContents(context, key, room, fitted);
  return fitted.text;
}

/** Contents as a prompt shows them. */
export interface FittedContents {
  readonly text: string;
  /** Whole files that are shown, with their middle or without it. */
  readonly nShown: number;
  /** Whole files that are left out. */
  readonly unseen: readonly RepositoryPath[];
  /** Those, and the files whose middle is left out. */
  readonly left: readonly string[];
  readonly limit: CutLimit | undefined;
}

/** As contentsText, with nothing recorded of what is left out: noteContents does that for the contents that a prompt gets in the end. */
export async function fittedContents(
  context: RunContext,
  key: string,
  paths: readonly string[],
  { cap = CONTENTS_CAP, room, first = 'cut' }: ContentsLimits = {},
): Promise<FittedContents> {
  const files: ReadFile[] = [];
  for (const path of paths) files.push({ path, content: await context.workspace.read(`${key}/${path}`, path) });
  const fileBytes = context.configuration.limits.file_bytes;
  const { shown, left, limit } = fitFiles(files, { cap, first, fileBytes, tokens: room?.tokens ?? Infinity });
  const unseen = left.filter((name) => paths.includes(name));
  const named = unseen.map(nameText).join(', ');
  const note = unseen.length === 0 ? [] : [`Not shown here, to keep this text short: ${named}`];
  const text = paths.length === 0 ? '(none)' : [...shown, ...note].join('\n\n');
  return { text, nShown: shown.length, unseen, left, limit };
}

/** Records what these contents leave out; `key` as they were read by. */
export function noteContents(context: RunContext, key: string, room: Room, { left, limit }: FittedContents): void {
  if (limit !== undefined) noteCut(context, room, key.slice(key.lastIndexOf('/') + 1), { left, limit });
}

interface ReadFile {
  readonly path: string;
  readonly content: FileContent | null;
}

/** The parts that fit, and the names of files that are left out or stand there without their middle. */
export function fitFiles(
  files: readonly ReadFile[],
  {
    cap,
    first,
    fileBytes,
    tokens,
  }: Required<Omit<ContentsLimits, 'room'>> & { readonly fileBytes: number; readonly tokens: number },
): { readonly shown: readonly string[]; readonly left: readonly string[]; readonly limit: CutLimit | undefined } {
  const shown: string[] = [];
  const left: string[] = [];
  let limit: CutLimit | undefined;
  let length = 0;
  let room = tokens;
  for (const file of files) {
    const whole = filePart(file, fileBytes);
    const isRoom = estimateTokens(whole) <= room;
    const isForced = shown.length === 0 && first === 'cut';
    if (!isForced && (!isRoom || length + whole.length > cap)) {
      left.push(file.path);
      limit = isRoom ? (limit ?? { kind: 'characters', most: cap }) : { kind: 'room' };
      continue;
    }
    const part = isRoom ? whole : filePart(file, Math.max(LEAST_OF_FIRST, charactersIn(whole, room)));
    const isOverLong = file.content?.kind === 'text' && file.content.text.length > fileBytes;
    if (!isRoom) limit = { kind: 'room' };
    else if (isOverLong) limit ??= { kind: 'fileBytes', most: fileBytes };
    if (!isRoom || isOverLong) left.push(`${file.path} (its middle)`);
    shown.push(part);
    length += part.length;
    room -= estimateTokens(part);
  }
  return { shown, left, limit };
}

/** Characters of the first file that are shown however little room there is. */
const LEAST_OF_FIRST = 1_000;

function filePart({ path, content }: ReadFile, most: number): string {
  if (content === null) return `### ${nameText(path)}\n(does not exist yet)`;
  if (content.kind === 'binary') return `### ${nameText(path)}\n(binary, ${content.bytes} bytes)`;
  const text = cutMiddle(content.text, most);
  return `### ${nameText(path)}\n${fencedText(text.endsWith('\n') ? text : `${text}\n(no newline at the end of the file)\n`)}`;
}

/** Points of advice, one a line. */
export function adviceText(advice: readonly string[]): string {
  return advice.length === 0 ? '(none)' : advice.map((point) => `- ${point}`).join('\n');
}

/** The ids a stage has to cover, as a prompt names them. */
export function requirementIdsText(context: RunContext): string {
  return context.spec.spec.requirements.map((requirement) => requirement.id).join(', ');
}

/** The ids of the acceptance scenarios and criteria, which a plan's tests may be named for. */
export function scenarioIdsText(context: RunContext): string {
  const ids = context.spec.spec.criteria.slice(0, SCENARIOS_SHOWN).map(({ id }) => id);
  return ids.length === 0 ? '(none)' : ids.join(', ');
}

/**
 * Files that matter beside those that will change, in the order of their weight: what those import and what imports them, then `relevant`, then the tests of
 * the files that will change (of the relevant ones while it is not known which will); of these last two first what lies one import further. Without
 * SpecKit's own documents, the constitution and AGENTS.md, which stand in every prompt.
 */
export function relatedFiles(
  paths: readonly string[],
  relevant: readonly string[],
  files: readonly string[],
  { near, further }: NearFiles = { near: [], further: [] },
): readonly string[] {
  const stem = (path: string): string =>
    (path.split('/').at(-1) ?? '').replace(/\.[^.]+$/, '').replace(/[._-](?:test|spec)$/, '');
  const tested = paths.length > 0 ? paths : relevant;
  const stems = new Set(tested.filter((path) => !isTestFile(path)).map(stem));
  const tests = files.filter((path) => isTestFile(path) && stems.has(stem(path)));
  const others = [...relevant.filter((path) => files.includes(path)), ...tests];
  const byDistance = others.toSorted((one, other) => Number(further.includes(other)) - Number(further.includes(one)));
  return [...new Set([...near, ...byDistance])].filter((path) => !paths.includes(path) && isWorthShowing(path));
}

/** Not SpecKit's own documents, the constitution and AGENTS.md, which stand in every prompt, nor what nobody reads. */
export const isWorthShowing = (path: RepositoryPath): boolean =>
  !/(?:^|\/)constitution\.md$|^AGENTS\.md$|^specs\/|(?:^|\/)package-lock\.json$/.test(path);

/** Signs that a file's name must have to be looked for in prose: `a.js` stands in too many words. */
const SHORTEST_NAME = 8;

/** The files of the repository that a text speaks of, by their path or their name, in the order of the repository. */
export function mentionedFiles(text: string, files: readonly string[]): readonly string[] {
  const words = new Set(text.match(/[\w./@-]*\w/g));
  return files.filter((path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return words.has(path) || words.has(`./${path}`) || (name.length >= SHORTEST_NAME && words.has(name));
  });
}

/** The project's checks by name and command. */
export function checksText(context: RunContext): string {
  const lines = checksInOrder(context).map(({ name, settings }) => `- ${name}: \`${settings.command}\``);
  return lines.length === 0 ? '(none configured)' : lines.join('\n');
}

/** What became of one file, whole, with as much around it as somebody needs who does not see the file. */
export function fileDifferenceText({ path, change, binary, before, after }: FileDifference): string {
  return binary ? `Binary file ${nameText(path)} ${change}` : unifiedDiff(path, before, after, JUDGED_CONTEXT);
}

/** A change as one unified diff, in the order of the paths. Where it does not fit, tests are left out before code, as whole files that are named. */
export function differenceText(differences: readonly FileDifference[], tokens = Infinity): DifferenceText {
  const parts = differences.map((difference) => ({
    path: difference.path,
    text: fileDifferenceText(difference),
  }));
  if (parts.length === 0) return { text: '(nothing changed)', left: [] };
  const whole = parts.map(({ text }) => text).join('\n');
  const cap = Math.min(DIFFERENCE_CAP, Math.max(LEAST_OF_FIRST, charactersIn(whole, tokens)));
  if (whole.length <= cap) return { text: whole, left: [] };
  const left = new Set<string>();
  let length = whole.length;
  // The last ones of those that tell least go first; one that is left alone is cut in its middle.
  const byWeight = parts.toSorted((one, other) => Number(isTestFile(one.path)) - Number(isTestFile(other.path)));
  for (const { path, text } of byWeight.toReversed()) {
    if (length <= cap || left.size === parts.length - 1) break;
    left.add(path);
    length -= text.length + 1;
  }
  const shown = parts.filter(({ path }) => !left.has(path)).map(({ text }) => text);
  const note =
    left.size === 0
      ? []
      : [`Changed too and not shown here, to keep this text short: ${[...left].map(nameText).join(', ')}`];
  return {
    text: [cutMiddle(shown.join('\n'), cap), ...note].join('\n'),
    left: length > cap ? [...left, 'the middle of the rest'] : [...left],
    limit: cap === DIFFERENCE_CAP ? { kind: 'characters', most: cap } : { kind: 'room' },
  };
}

/** A difference as text, and what of it was left out. */
export interface DifferenceText {
  readonly text: string;
  readonly left: readonly string[];
  readonly limit?: CutLimit;
}

/** Lines and characters of what a check printed that passed: its last ones hold the totals, and the names of the last tests. */
const PASSED_LINES = 20;
const PASSED_CAP = 1_600;

/** What a check printed: all of it where it did not pass, the end where it did. */
export function outputText({ outcome, output }: Pick<Evidence, 'outcome' | 'output'>): string {
  if (outcome !== 'passed') return output;
  const lines = output.trimEnd().split('\n');
  const shown = lines.slice(-PASSED_LINES).join('\n').slice(-PASSED_CAP);
  return lines.length > PASSED_LINES ? `[${lines.length - PASSED_LINES} lines before it]\n${shown}` : shown;
}

/** What was measured, one line a result; the output of those that did not pass. */
export function evidenceText(evidence: readonly Evidence[]): string {
  if (evidence.length === 0) return '(no check was run)';
  return evidence
    .map((result) => {
      const line = `- ${result.check}: ${result.outcome}${result.exitCode === null ? '' : `, exit code ${result.exitCode}`}`;
      return result.outcome === 'passed' ? line : `${line}\n${fencedText(`${result.output}\n`)}`;
    })
    .join('\n');
}

/** The brief with what was answered since, by a person and without one. */
export function briefText(brief: Brief, answers: readonly Answer[]): string {
  const list = (items: readonly string[]): string =>
    items.length === 0 ? '- (none)' : items.map((item) => `- ${item}`).join('\n');
  const parts = [
    brief.summary,
    `In scope:\n${list(brief.in_scope)}`,
    `Out of scope:\n${list(brief.out_of_scope)}`,
    `Requirements:\n${list(brief.acceptance.map((item) => `${item.requirement}: ${item.restated}`))}`,
    `Risks:\n${list(brief.risks)}`,
  ];
  const open = brief.open_questions.filter((question) => !question.blocking).map((question) => question.text);
  if (open.length > 0) parts.push(`Open points, with the default taken:\n${list(open)}`);
  const answersText = (given: readonly Answer[]): string =>
    list(given.map(({ text, answer }) => `${text} -> ${answer}`));
  const people = answers.filter(({ by }) => by === 'person');
  const others = answers.filter(({ by, answer }) => by !== 'person' && answer !== '');
  if (people.length > 0) parts.push(`Answers of a person:\n${answersText(people)}`);
  if (others.length > 0)
    parts.push(`Settled without a person, the specification's own words count over it:\n${answersText(others)}`);
  return parts.join('\n\n');
}

/** An answered question as prompts tell it. */
interface Answer {
  readonly text: string;
  readonly answer: string;
  readonly by: SettledBy | 'person';
}

/** The plan as an implementer needs it. */
export function planText(plan: Plan): string {
  const files = plan.files.map((file) => `- ${file.action} ${file.path}: ${file.why}`);
  const steps = plan.steps.map(
    (step) =>
      `- ${step.id} ${step.title} [${step.requirements.join(', ')}] ${step.files.join(', ')}; done when: ${step.success_signal}`,
  );
  const tests = plan.tests.map((test) => `- ${test.requirement}: ${test.file}: ${test.what}`);
  const risks = plan.risks.map(({ risk, mitigation }) => `- ${risk} -> ${mitigation}`);
  const open = plan.open_questions.map((question) => `- ${question.text}`);
  return [
    plan.summary,
    `Files:\n${files.join('\n')}`,
    `Steps:\n${steps.join('\n')}`,
    `Tests:\n${tests.join('\n')}`,
    ...(risks.length === 0 ? [] : [`Risks, and what to do about them:\n${risks.join('\n')}`]),
    ...(open.length === 0 ? [] : [`Open points, with the default taken:\n${open.join('\n')}`]),
  ].join('\n\n');
}

/** One task. */
export function taskText(task: Task): string {
  const criteria = task.criteria.map((criterion) => `- ${criterion}`).join('\n');
  return `${task.id} ${task.title}\n\n${task.description}\n\nRequirements: ${task.requirements.join(', ')}\nFiles: ${task.files.join(', ')}\nDone when:\n${criteria}`;
}
