import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { eventsOf, ledgerRows, RUN, runAndKill } from '../support/killedRun.ts';
import { appOf } from '../support/projectApp.ts';
import { callNameOf, finished, GOOD, scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';
import { until } from '../support/until.ts';

interface Said {
  readonly role: string;
  readonly content?: unknown;
}

/** The messages of each request of the implementer, in the order they came. */
const conversations = (project: ScriptedProject): readonly (readonly Said[])[] =>
  project.server.requests
    .filter((request) => callNameOf(request) === 'implement')
    .map(({ body }) => (body as { readonly messages: readonly Said[] }).messages);

/** How often a text stands in the messages of a request. */
const count = (messages: readonly Said[] | undefined, text: string): number =>
  JSON.stringify(messages ?? []).split(text).length - 1;

const slow = (index: number) =>
  scriptedProject({
    answersBy: 'turn',
    answers: {
      implement: GOOD.implement.map((step, at) => (at === index ? { ...step, delayMs: 600, chunkDelayMs: 100 } : step)),
    },
  });

const notesOf = async (project: ScriptedProject) =>
  (await eventsOf(project)).flatMap((event): (readonly (string | number | null)[])[] =>
    event.kind === 'PersonNote'
      ? [['told', event.payload.text, event.payload.about]]
      : event.kind === 'NotesGiven'
        ? [['given', event.payload.key, event.payload.notes.length]]
        : [],
  );

describe('a run that is told something', () => {
  it('gives it to its implementer at the next call, once, after everything that stood there before', async () => {
    await using project = await slow(0);
    const run = finished(project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]));
    await until('the first call', () => conversations(project).length === 1);
    const told = await project.speckit('--json', 'tell', RUN, 'Use a template string.', '--about', 'src/greet.js');
    assert.deepEqual(JSON.parse(told.stdout), { runId: RUN, outcome: 'atWork', exitCode: 0 }, told.stderr);
    assert.equal((await run).exit, 11);
    const [first = [], second = [], third = []] = conversations(project);
    assert.deepEqual(
      [first, second, third].map((messages) => count(messages, 'Use a template string.')),
      [0, 1, 1],
    );
    assert.equal(second.at(-1)?.role, 'user');
    assert.match(JSON.stringify(second.at(-1)), /src\/greet\.js: Use a template string\./);
    assert.deepEqual(second.slice(0, first.length), first, 'the beginning stays as it was, for prefix caches');
    assert.deepEqual(third.slice(0, second.length), second);
    assert.deepEqual(await notesOf(project), [
      ['told', 'Use a template string.', 'src/greet.js'],
      ['given', 'implement/T1/1/turn-2', 1],
    ]);
    assert.equal(project.calls.length, 9, 'a note costs no call of its own while there are more to come');
  });

  it('lets a worker that has just said it is done hear it first', async () => {
    await using project = await slow(2);
    const run = finished(project.spawn(['--json', 'auto', 'SPEC-001', '--run-id', RUN]));
    await until('the last call', () => conversations(project).length === 3);
    assert.equal(await appOf(project).tell(RUN, { text: 'One more thing.' }), 'atWork');
    assert.equal((await run).exit, 11);
    assert.deepEqual(
      conversations(project).map((messages) => count(messages, 'One more thing.')),
      [0, 0, 0, 1],
    );
  });

  it('while nobody works on it keeps it for the next process', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    await project.speckit('tasks', 'SPEC-001', '--run-id', RUN);
    const told = await project.speckit('tell', RUN, 'Keep it short.');
    assert.match(told.stdout, /^Noted/);
    assert.equal((await project.speckit('resume', RUN)).exit, 11);
    assert.deepEqual(
      conversations(project).map((messages) => count(messages, 'Keep it short.')),
      [1, 1, 1],
    );
    // Told about a proposal, it is for the next attempt: what is done stays done.
    await project.speckit('tell', RUN, 'Rename it.', '--about', 'src/greet.js, hunk 1');
    assert.equal((await project.speckit('resume', RUN)).exit, 11);
    assert.equal(conversations(project).length, 3, 'the past is passed through as it was');
    await project.speckit('reject', RUN, '--why', 'see my note');
    await project.speckit('resume', RUN);
    const [fix] = conversations(project).slice(3);
    assert.deepEqual(
      [count(fix, 'see my note'), count(fix, 'src/greet.js, hunk 1: Rename it.')],
      [1, 1],
      'the fix hears of the hunk with its first message',
    );
  });

  it('and killed at any moment takes it in and gives it once', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    await project.speckit('tasks', 'SPEC-001', '--run-id', RUN);
    await project.speckit('tell', RUN, 'Keep it short.');
    for (const number of [1, 2, 3, 6, 12, 20, 30])
      await runAndKill(project, ['--events', 'resume', RUN], { kind: 'event', number });
    await wait(50);
    assert.equal((await project.speckit('resume', RUN)).exit, 11);
    assert.deepEqual(await notesOf(project), [
      ['told', 'Keep it short.', null],
      ['given', 'implement/T1/1/turn-1', 1],
    ]);
    for (const messages of conversations(project)) assert.equal(count(messages, 'Keep it short.'), 1);
    const events = await eventsOf(project);
    const prompts = new Map<string, Set<string>>();
    for (const event of events)
      if (event.kind === 'LLMCall')
        prompts.set(event.payload.key, (prompts.get(event.payload.key) ?? new Set()).add(event.payload.promptHash));
    assert.deepEqual(
      [...prompts.values()].filter((hashes) => hashes.size > 1),
      [],
      'a call that is made again has the same prompt',
    );
    const settled = ledgerRows(project).filter(({ state }) => state === 'settled');
    assert.equal(new Set(settled.map(({ step }) => step)).size, settled.length, 'nothing is paid twice');
  });

  it('refuses what cannot be heard', async () => {
    await using project = await scriptedProject();
    await project.speckit('tasks', 'SPEC-001', '--run-id', RUN);
    const app = appOf(project);
    await assert.rejects(app.tell(RUN, { text: ' ' }), /nothing to tell/);
    await assert.rejects(app.tell(RUN, { text: 'x'.repeat(4_001) }), /at most 4000 characters/);
    await assert.rejects(app.tell('nothing', { text: 'x' }), /no run nothing/);
    await project.speckit('resume', RUN);
    await project.speckit('approve', RUN);
    await assert.rejects(app.tell(RUN, { text: 'too late' }), /applied/);
  });
});
