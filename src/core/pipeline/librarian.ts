import { counted } from '../../base/counted.ts';
import { estimateRequestTokens } from '../ledger/estimate.ts';
import { advisersAt } from '../policy/advisersAt.ts';
import type { Message, RepositoryPath } from '../ports.ts';
import { promptHash } from '../prompt/promptHash.ts';
import { renderPrompt } from '../prompt/template.ts';
import { librarianWindow } from '../router/longContext.ts';
import { ladderOf, nobodyHelps } from '../router/rungs.ts';
import { isKept } from '../run/capture.ts';
import type { Payload } from '../run/event.ts';
import type { Stage } from '../run/stage.ts';
import { ask, systemPrompt, type Question } from './ask.ts';
import { chosenFrom } from './chosenFiles.ts';
import type { RunContext } from './context.ts';
import { nameText } from './nameText.ts';
import { nobodyLeft } from './nobodyLeft.ts';
import { fileChoiceSchema, type FileChoice } from './outputs.ts';
import { prompt, schemaText } from './promptFor.ts';
import { RunStopped } from './stopped.ts';
import type { FileOutline } from './workspace.ts';

/** Files of one list, and those of them that are looked into to say what they are about. */
const CANDIDATES = 4_000;
const OUTLINED = 2_000;
/** Files that a line about a choice tells with their reasons. */
const FILES_TOLD = 8;

/** Who chooses among the files for one stage: asked at most once, and only by whoever could not show all of them. */
export interface Librarian {
  /** The files to put first, most needed first, of `ranked`; none where the order by rule stands. The log says which, and why. */
  choose(ranked: readonly RepositoryPath[]): Promise<readonly RepositoryPath[]>;
}

/**
 * A librarian for a stage, with `work` as it is told what the files are for. What it says is data: the log keeps it, so that a run that is resumed goes
 * on with the same files, and whatever keeps it from answering stops nothing.
 */
export function createLibrarian(context: RunContext, stage: 'plan', work: string): Librarian {
  let choice: Promise<readonly RepositoryPath[]> | undefined;
  return {
    choose: (ranked) => (choice ??= chooseFiles(context, { stage, work, ranked })),
  };
}

interface Wanted {
  readonly stage: Stage;
  readonly work: string;
  readonly ranked: readonly RepositoryPath[];
}

async function chooseFiles(context: RunContext, wanted: Wanted): Promise<readonly RepositoryPath[]> {
  const { configuration, size } = context;
  const { stage } = wanted;
  const work = { size, risk: 'low', changedLines: 0, hotPaths: [] } as const;
  const isWanted = advisersAt(stage, work, configuration).some(({ role, asked }) => role === 'librarian' && asked);
  if (!isWanted) return [];
  const key = `${stage}/librarian`;
  const about = { key, stage, files: [], dropped: 0 };
  if (ladderOf('librarian', stage, configuration).rungs.length === 0) {
    const text = `${stage}: no librarian is asked, and the order of files by rule stands. ${nobodyHelps('librarian').text}`;
    context.steps.note('ContextChoice', { ...about, outcome: 'kept', prompt: null, text });
    return [];
  }
  const { values, messages, candidates } = await questionFor(context, `${key}/files`, wanted);
  const hash = promptHash({ system: systemPrompt(context), messages, tools: [] });
  const known = choiceOf(context, key, hash);
  if (known !== undefined) return known.files.map(({ path }) => path);
  const found = await answerTo(context, {
    key,
    stage,
    role: 'librarian',
    name: 'file_choice',
    schema: fileChoiceSchema,
    prompt: { id: 'librarian', values },
    passOver: [],
  });
  return noteChoice(context, { ...about, prompt: hash }, found, candidates);
}

/** Records what came of the question, and returns the files to put first. */
function noteChoice(
  { configuration, steps }: RunContext,
  about: Omit<Payload<'ContextChoice'>, 'outcome' | 'text'>,
  found: Found,
  candidates: readonly RepositoryPath[],
): readonly RepositoryPath[] {
  const { chosen, dropped } =
    found.kind === 'answer' ? chosenFrom(found.value, candidates) : { chosen: [], dropped: 0 };
  const keepsWhy = isKept(configuration.capture.mode, 'answer');
  const files = chosen.map(({ path, why }) => ({ path, why: keepsWhy ? why : '' }));
  const lost = dropped === 0 ? '' : ` Dropped, since not in its list: ${counted(dropped, 'path')} that it named.`;
  const isChosen = files.length > 0;
  const nFiles = counted(files.length, 'file');
  const kept = found.kind === 'none' ? found.why : `The librarian named no file of its list.${lost}`;
  const text = isChosen
    ? `${about.stage}: a librarian put ${nFiles} first, since not all fit: ${toldFiles(files)}.${lost}`
    : `${about.stage}: the order of files by rule stands. ${kept}`;
  steps.note('ContextChoice', { ...about, outcome: isChosen ? 'chosen' : 'kept', files, dropped, text });
  return files.map(({ path }) => path);
}

/** What was made of the same question before, by this process or one that was killed: an answer that failed then is not wanted now. */
function choiceOf({ log }: RunContext, key: string, prompt: string): Payload<'ContextChoice'> | undefined {
  const found = log.events.findLast(
    (event) => event.kind === 'ContextChoice' && event.payload.key === key && event.payload.prompt === prompt,
  );
  return found?.kind === 'ContextChoice' ? found.payload : undefined;
}

type Found = { readonly kind: 'answer'; readonly value: FileChoice } | { readonly kind: 'none'; readonly why: string };

/** A help and no need: what would stop the run for an owner's question is only told. */
async function answerTo(context: RunContext, question: Question<FileChoice>): Promise<Found> {
  const { key, role } = question;
  try {
    const answered = await ask(context, question);
    if (answered !== undefined) return { kind: 'answer', value: answered.value };
    return { kind: 'none', why: inOneLine(nobodyLeft(context, { key, role, wanted: 'a choice of files' }).message) };
  } catch (error) {
    if (!(error instanceof RunStopped)) throw error;
    return { kind: 'none', why: inOneLine(error.message) };
  }
}

const inOneLine = (text: string): string => text.replaceAll('\n', ' ').slice(0, 1_000);

type Values = Question<FileChoice>['prompt']['values'];

/** `messages`: the question with its whole schema, as the longest worker reads it; `candidates`: the files it shows. */
interface AskedOf {
  readonly values: Values;
  readonly messages: Message[];
  readonly candidates: readonly RepositoryPath[];
}

/** The question, with as many files as the worker holds that would be asked. */
async function questionFor(context: RunContext, key: string, { stage, work, ranked }: Wanted): Promise<AskedOf> {
  const candidates = ranked.slice(0, CANDIDATES);
  const outlines = new Map<RepositoryPath, FileOutline>();
  for (const outline of await context.workspace.outline(key, candidates.slice(0, OUTLINED)))
    outlines.set(outline.path, outline);
  const lines = candidates.map((path) => fileLine(path, outlines.get(path)));
  const valuesOf = (files: readonly string[]): Values => {
    const left = ranked.length - files.length;
    return { stage, work, files: [...files, ...(left === 0 ? [] : [`[${left} more files]`])].join('\n') };
  };
  const messagesOf = (values: Values): Message[] => [
    {
      role: 'user',
      text: renderPrompt(prompt(context, 'librarian'), { ...values, schema: schemaText(fileChoiceSchema) }),
    },
  ];
  const tokensOf = (messages: readonly Message[]): number =>
    estimateRequestTokens({ system: systemPrompt(context), tools: [], messages });
  let values = valuesOf(lines);
  const whole = messagesOf(values);
  const window = librarianWindow(stage, context.configuration, tokensOf(whole));
  let shown = lines.length;
  let messages = whole;
  // The estimate is of the whole text: a tenth less each time, until it fits.
  while (shown > 0 && tokensOf(messages) > window) {
    shown = Math.floor(shown * 0.9);
    values = valuesOf(lines.slice(0, shown));
    messages = messagesOf(values);
  }
  return { values, messages, candidates: candidates.slice(0, shown) };
}

function fileLine(path: RepositoryPath, outline: FileOutline | undefined): string {
  if (outline === undefined) return nameText(path);
  const size = `${(outline.size / 1_000).toFixed(1)} kB`;
  return outline.gist === '' ? `${nameText(path)} (${size})` : `${nameText(path)} (${size}): ${outline.gist}`;
}

function toldFiles(files: Payload<'ContextChoice'>['files']): string {
  const told = files
    .slice(0, FILES_TOLD)
    .map(({ path, why }) => (why === '' ? nameText(path) : `${nameText(path)} (${why})`));
  const more = files.length > FILES_TOLD ? ` and ${files.length - FILES_TOLD} more` : '';
  return `${told.join(', ')}${more}`;
}
