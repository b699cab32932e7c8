import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import { EXIT } from '../exitCode.ts';
import { matchAnswers, type GivenAnswer } from '../../core/maieutic/answersFile.ts';
import type { RunView } from '../../core/run/view.ts';
import { giveAnswers, readAnswers, requireUsable } from '../answersFile.ts';
import { answerLine, questionLines } from '../words.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit clarify SPEC|RUN [--answer ID=TEXT | --answers FILE] [--into-spec]`: open questions, and answers to them. */
export async function runClarify(
  terminal: Terminal,
  [target = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const app = createApp(terminal.host);
  const status = await app.status();
  const run =
    status.runs.find(({ view }) => view.runId === target) ?? status.runs.find(({ view }) => view.specId === target);
  const where = options['intoSpec'] === true ? ('intoSpec' as const) : undefined;
  const runId = run?.view.runId;
  if (typeof options['answer'] === 'string') return answer(terminal, { target, runId, where }, options['answer']);
  const given = await readAnswers(terminal, options);
  if (run === undefined)
    return given === undefined ? showSpec(terminal, target) : answerMarkers(terminal, target, given);
  return given === undefined ? showRun(terminal, run.view) : answerRun(terminal, run.view, withPlace(given, where));
}

/** `--into-spec` is of all answers of the file. */
const withPlace = (given: readonly GivenAnswer[], where: 'intoSpec' | undefined): readonly GivenAnswer[] =>
  where === undefined ? given : given.map((answer) => ({ ...answer, isIntoSpec: true }));

/** Everything the file answers of a run, or nothing. */
async function answerRun(terminal: Terminal, view: RunView, given: readonly GivenAnswer[]): Promise<number> {
  const matched = matchAnswers(given, view.questions, new Set(view.questions.map(({ id }) => id)));
  const unknown = matched.unknown.map((id) => `Run ${view.runId} has asked no ${id}.`);
  requireUsable({ problems: [...matched.problems, ...unknown] });
  const app = createApp(terminal.host);
  await giveAnswers(app, view.runId, matched);
  const answered = new Map(matched.answers.map(({ id, answer: text }) => [id, text]));
  const questions = view.questions.map((question) => ({
    ...question,
    answer: question.answer ?? answered.get(question.id),
  }));
  terminal.say(
    matched.answers.length === 0 ? 'Nothing new was answered.' : `Answered ${[...answered.keys()].join(', ')}.`,
  );
  const exit = showRun(terminal, { ...view, questions });
  if (exit === EXIT.ok) terminal.say(`Go on: speckit resume ${view.runId}`);
  return exit;
}

/** Markers of a spec that has no run, all of the file or none. */
async function answerMarkers(terminal: Terminal, specId: string, given: readonly GivenAnswer[]): Promise<number> {
  const app = createApp(terminal.host);
  const markers = await app.openMarkers(specId);
  const questions = markers.map(({ id, text }) => ({ id, about: id, text, options: [], answer: undefined }));
  const matched = matchAnswers(given, questions, new Set());
  requireUsable({ problems: [...matched.problems, ...matched.unknown.map((id) => `${specId} has no open ${id}.`)] });
  // Ids count in the order of the text: from the last one on, answering one moves none that is still to come.
  for (const { id, answer: text } of matched.answers.toSorted((left, right) => (left.id < right.id ? 1 : -1)))
    await app.answerSpec(specId, id, text);
  return showSpec(terminal, specId);
}

/** The open questions of a run, as a program answers them too: exit 10 while there are any. */
function showRun(terminal: Terminal, view: Pick<RunView, 'runId' | 'questions' | 'settled'>): number {
  const { runId, questions } = view;
  const open = questions.filter((question) => question.answer === undefined);
  const settled = view.settled.map(({ id, text, by, answer: given }) => ({ id, text, by, answer: given }));
  terminal.result({
    runId,
    settled,
    questions: open.map(({ facts, ...question }) => ({ ...question, ...facts })),
    exitCode: open.length === 0 ? EXIT.ok : EXIT.needsInput,
  });
  if (settled.length > 0)
    terminal.say(
      [
        `Settled without you; to overrule one: speckit clarify ${runId} --answer ${settled[0]?.id}="..." --into-spec`,
        ...settled.map(({ id, text, answer: given }) => `  ${id}  ${text} -> ${given === '' ? 'left open' : given}`),
      ].join('\n'),
    );
  if (open.length === 0) {
    terminal.say('No question is open.');
    return EXIT.ok;
  }
  terminal.say(open.map((question) => [...questionLines(question), answerLine(runId, question)].join('\n')).join('\n'));
  return EXIT.needsInput;
}

interface Answering {
  readonly target: string;
  readonly runId: string | undefined;
  readonly where: 'intoSpec' | undefined;
}

async function answer(terminal: Terminal, { target, runId, where }: Answering, text: string): Promise<number> {
  const at = text.indexOf('=');
  if (at < 1) throw new CommandProblem('usage', 'An answer names its question: --answer Q1="in memory".');
  const app = createApp(terminal.host);
  const question = text.slice(0, at);
  const words = text.slice(at + 1).trim();
  if (words === '') throw new CommandProblem('usage', 'The answer is empty.');
  if (question.startsWith('CLR-') && runId === undefined) await app.answerSpec(target, question, words);
  else if (runId === undefined) throw new CommandProblem('usage', `There is no run or spec ${target} with questions.`);
  else await app.answer(runId, question, words, where);
  terminal.result({ runId: runId ?? null, question, answer: words, exitCode: EXIT.ok });
  terminal.say(`Answered ${question}.${runId === undefined ? '' : ` Go on: speckit resume ${runId}`}`);
  return EXIT.ok;
}

/** A spec that has no run yet: the markers in its text. */
async function showSpec(terminal: Terminal, specId: string): Promise<number> {
  const markers = await createApp(terminal.host).openMarkers(specId);
  terminal.result({ specId, questions: markers, exitCode: markers.length === 0 ? EXIT.ok : EXIT.needsInput });
  if (markers.length === 0) {
    terminal.say(`${specId} has no open question.`);
    return EXIT.ok;
  }
  terminal.say(
    markers
      .map(
        (marker) =>
          `? ${marker.id}  ${marker.text}   (${marker.path}:${marker.line})\n     speckit clarify ${specId} --answer ${marker.id}="..."`,
      )
      .join('\n'),
  );
  return EXIT.needsInput;
}
