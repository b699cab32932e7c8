import { addClarification, type SpecClarification } from '../core/spec/addClarification.ts';
import { applyClarification, withClarification, type ClarificationEntry } from '../core/spec/clarify.ts';
import { answeredEntry } from '../core/pipeline/clarifications.ts';
import { declaredCommands } from '../core/pipeline/command.ts';
import { wordsAllowedForGood } from '../core/pipeline/permit.ts';
import { questionsOf } from '../core/pipeline/questions.ts';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../node/atomicFile.ts';
import { allowCommand } from './allowCommand.ts';
import { CommandProblem } from './problem.ts';
import { openRedaction } from './openRedaction.ts';
import { findRunning } from './runs.ts';
import { openProject, type Services } from './services.ts';
import { loadSpec } from './specs.ts';
import { readTextIfThere } from './textFile.ts';
import { withRun } from './withRun.ts';

/** A person's answer. `isIntoSpec`: it is accepted into the spec's own text, too. */
export interface PersonsAnswer {
  readonly text: string;
  readonly isIntoSpec: boolean;
}

/**
 * A person's answer to one question of a run. A question that stands in the spec as a marker (CLR-…) is answered in spec.md itself, so that the
 * spec stays the one place that says what is wanted; every other answer is recorded in the run.
 */
export async function answerQuestion(
  services: Services,
  runId: string,
  questionId: string,
  { text: given, isIntoSpec }: PersonsAnswer,
): Promise<void> {
  const project = await openProject(services);
  const running = await findRunning(project, runId);
  await withRun(services, project, running, async (context) => {
    // Documents are written by us, whoever said what stands in them.
    const answer = context.redaction.text(given);
    const questions = questionsOf(context.log.events);
    const question = questions.find((candidate) => candidate.id === questionId || candidate.about === questionId);
    const settled = context.log.events.findLast(
      (event) => event.kind === 'QuestionSettle' && event.payload.id === questionId,
    );
    if (settled?.kind === 'QuestionSettle')
      return overrule(services, project.repository.root, running.spec, {
        ...settled.payload,
        given: { text: answer, isIntoSpec },
      });
    if (question === undefined) {
      const open = questions
        .filter((candidate) => candidate.answer === undefined && !candidate.isWithdrawn)
        .map((candidate) => candidate.id);
      throw new CommandProblem(
        'usage',
        `Run ${runId} has no question ${questionId}. Open: ${open.join(', ') || 'none'}.`,
      );
    }
    if (question.isWithdrawn)
      throw new CommandProblem('usage', `${question.id} is not asked any more: \`speckit resume ${runId}\` goes on.`);
    if (question.options.length > 0 && !question.options.includes(answer)) {
      throw new CommandProblem('usage', `${question.id} takes one of: ${question.options.join(', ')}.`);
    }
    if (isIntoSpec && question.facts === undefined && !question.about.startsWith('CLR-'))
      throw new CommandProblem(
        'usage',
        `${question.id} is about this run and not about the spec: it cannot stand there.`,
      );
    const specFile = path.join(project.repository.root, running.spec.path);
    const answeredOn = new Date(services.clock.now()).toISOString().slice(0, 10);
    if (isIntoSpec && question.facts !== undefined)
      await writeIntoSpec(specFile, { question: question.text, answer, answeredOn });
    if (question.about.startsWith('CLR-')) {
      // Ids of markers count in the order of the text, so that answering one moves the others: its words tell which one is meant.
      const marker = running.spec.spec.clarifications.find((candidate) => candidate.question === question.text);
      await answerInSpec(specFile, marker?.id ?? question.about, answer);
    }
    const words = wordsAllowedForGood(declaredCommands(context.configuration), question.about, answer);
    if (words !== undefined) await allowCommand(services, words);
    context.log.append('QuestionAnswer', { id: question.id, answer, by: services.host.person });
    await context.log.flush();
    const by = services.host.person;
    await keepClarification(
      project.repository.root,
      running.spec.folder,
      answeredEntry(question, { answer, by }, answeredOn),
    );
  });
}

interface Overruled {
  readonly id: string;
  readonly about: string;
  readonly text: string;
  readonly given: PersonsAnswer;
}

/** A question that was settled without a person gets a person's answer: in the spec, whose words count over whatever was settled. */
async function overrule(
  services: Services,
  root: string,
  spec: { readonly folder: string; readonly path: string },
  { given, ...question }: Overruled,
): Promise<void> {
  if (!given.isIntoSpec)
    throw new CommandProblem(
      'usage',
      `${question.id} was settled without a person. What counts over it is the spec: answer it with --into-spec.`,
    );
  const answeredOn = new Date(services.clock.now()).toISOString().slice(0, 10);
  const answer = given.text;
  await writeIntoSpec(path.join(root, spec.path), { question: question.text, answer, answeredOn });
  await keepClarification(root, spec.folder, answeredEntry(question, { answer, by: services.host.person }, answeredOn));
}

/** Adds a question and its answer to the spec, keeping all that stands there. */
async function writeIntoSpec(file: string, clarification: SpecClarification): Promise<void> {
  const text = addClarification(await readFile(file, 'utf8'), clarification);
  await writeFileAtomically(file, Buffer.from(text, 'utf8'));
}

/** A question that stands in a spec's text. */
export interface OpenMarker {
  readonly id: string;
  readonly text: string;
  readonly path: string;
  readonly line: number;
}

/** The markers of a spec, in the order of the text. */
export async function openMarkers(services: Services, specId: string): Promise<readonly OpenMarker[]> {
  const { repository, loaded } = await openProject(services);
  const { spec } = await loadSpec(repository.root, loaded.configuration, specId);
  return spec.clarifications.map(({ id, question, path: file, line }) => ({ id, text: question, path: file, line }));
}

/** Puts an answer in the place of a spec's marker. */
export async function answerMarker(services: Services, specId: string, marker: string, given: string): Promise<void> {
  const { repository, loaded } = await openProject(services);
  const answer = (await openRedaction(services.host, repository.root, loaded.configuration)).text(given);
  const spec = await loadSpec(repository.root, loaded.configuration, specId);
  const question = spec.spec.clarifications.find((candidate) => candidate.id === marker)?.question ?? '';
  await answerInSpec(path.join(repository.root, spec.path), marker, answer);
  const answeredOn = new Date(services.clock.now()).toISOString().slice(0, 10);
  const answeredBy = services.host.person;
  await keepClarification(repository.root, spec.folder, { markerId: marker, question, answer, answeredOn, answeredBy });
}

/** Appends a question and its answer to the spec's clarifications.md: what stands there already is never touched. */
async function keepClarification(root: string, specFolder: string, entry: ClarificationEntry): Promise<void> {
  const file = path.join(root, specFolder, 'clarifications.md');
  const text = withClarification((await readTextIfThere(file)) ?? '', entry);
  await writeFileAtomically(file, Buffer.from(text, 'utf8'));
}

async function answerInSpec(file: string, marker: string, answer: string): Promise<void> {
  const changed = applyClarification(await readFile(file, 'utf8'), marker, answer);
  if (changed.kind === 'error')
    throw new CommandProblem('usage', `${marker} no longer stands in ${path.basename(file)}.`);
  await writeFile(file, changed.value);
}
