import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import { EXIT } from '../exitCode.ts';
import { answerLine } from '../words.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit clarify SPEC|RUN [--answer ID=TEXT]`: open questions, and answers to them. */
export async function runClarify(
  terminal: Terminal,
  [target = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const app = createApp(terminal.host);
  const status = await app.status();
  const run =
    status.runs.find(({ view }) => view.runId === target) ?? status.runs.find(({ view }) => view.specId === target);
  if (typeof options['answer'] === 'string') return answer(terminal, target, run?.view.runId, options['answer']);
  if (run === undefined) return showSpec(terminal, target);
  const open = run.view.questions.filter((question) => question.answer === undefined);
  terminal.result({ runId: run.view.runId, questions: open, exitCode: open.length === 0 ? EXIT.ok : EXIT.needsInput });
  if (open.length === 0) {
    terminal.say('No question is open.');
    return EXIT.ok;
  }
  terminal.say(
    open.map((question) => `? ${question.id}  ${question.text}\n${answerLine(run.view.runId, question)}`).join('\n'),
  );
  return EXIT.needsInput;
}

async function answer(terminal: Terminal, target: string, runId: string | undefined, text: string): Promise<number> {
  const at = text.indexOf('=');
  if (at < 1) throw new CommandProblem('usage', 'An answer names its question: --answer Q1="in memory".');
  const app = createApp(terminal.host);
  const question = text.slice(0, at);
  const words = text.slice(at + 1).trim();
  if (words === '') throw new CommandProblem('usage', 'The answer is empty.');
  if (question.startsWith('CLR-') && runId === undefined) await app.answerSpec(target, question, words);
  else if (runId === undefined) throw new CommandProblem('usage', `There is no run or spec ${target} with questions.`);
  else await app.answer(runId, question, words);
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
