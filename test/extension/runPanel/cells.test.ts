import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEvent, type Payload, type RunEvent } from '../../../src/core/run/event.ts';
import type { RunFacts } from '../../../src/extension/runPanel/runFacts.ts';
import { type AttemptCell, type RunHead, type StageCell } from '../../../src/protocol/runPanel.ts';
import { event, foldedCells, HERE, NOBODY, type FoldedCells } from './foldedCells.ts';

const recorded = readFileSync(
  path.join(import.meta.dirname, '../../scenarios/run-panel/001-a-run-leads-to-a-proposal/events.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => parseEvent(JSON.parse(line)));

/** A run's cells up to and with the first event of which this holds. */
function upTo(facts: RunFacts, isLast: (event: RunEvent) => boolean): FoldedCells {
  const cells = foldedCells(facts);
  for (const event of recorded) {
    cells.take(event);
    if (isLast(event)) break;
  }
  cells.settle();
  return cells;
}

const begins = (key: RegExp) => (event: RunEvent) => event.kind === 'StepStart' && key.test(event.payload.key);

const ended = (outcome: Payload<'RunEnd'>['outcome']) =>
  event('RunEnd', { outcome, stage: 'plan', text: 'why', tree: null });
/** The end of the critic's call of the recorded audit. */
const criticEnded = (): RunEvent => {
  const found = recorded.find(({ kind, payload }) => kind === 'LLMCall' && payload.key.startsWith('audit/1/critic/'));
  assert.ok(found !== undefined);
  return found;
};
const question = (id: string) =>
  event('QuestionAsk', { key: `question/${id}`, id, stage: 'plan', text: 'Which?', options: [], about: 'plan-1' });
const answered = (id: string) => event('QuestionAnswer', { id, answer: 'this', by: 'Ada' });

/** What the head says of a run's state after these events. */
function stands(name: string, facts: RunFacts, events: readonly RunEvent[], expected: Partial<RunHead>): void {
  it(name, () => {
    const cells = upTo(facts, begins(/^plan\/1\/plan\//));
    for (const next of events) cells.take(next);
    cells.settle();
    const { state, text, owner } = cells.shown.get('head') as RunHead;
    assert.deepEqual({ state, text, owner }, expected);
  });
}

describe('where a run stands', () => {
  const gone = 'Its process is gone. It can go on from where it was.';
  stands('at work here', HERE, [], { state: 'working', text: '', owner: 'here' });
  stands('at work elsewhere', { ...HERE, owner: 'elsewhere' }, [], { state: 'working', text: '', owner: 'elsewhere' });
  stands('asked to pause', { ...HERE, requested: 'pausing' }, [], { state: 'pausing', text: '', owner: 'here' });
  stands('asked to stop', { ...HERE, requested: 'stopping' }, [], { state: 'stopping', text: '', owner: 'here' });
  stands('killed', NOBODY, [], { state: 'interrupted', text: gone, owner: 'nobody' });
  stands('at a question', HERE, [question('Q1'), question('Q2'), answered('Q1'), ended('needsInput')], {
    state: 'question',
    text: 'why',
    owner: 'nobody',
  });
  stands('with its question answered', NOBODY, [question('Q1'), ended('needsInput'), answered('Q1')], {
    state: 'paused',
    text: 'All questions are answered: the run can go on.',
    owner: 'nobody',
  });
  for (const [outcome, state] of [
    ['paused', 'paused'],
    ['stopped', 'stopped'],
    ['blocked', 'blocked'],
    ['gateFailed', 'failed'],
    ['infrastructure', 'failed'],
    ['configuration', 'failed'],
    ['applied', 'applied'],
    ['rejected', 'rejected'],
    ['proposed', 'proposed'],
  ] as const)
    stands(`ended: ${outcome}`, NOBODY, [ended(outcome)], { state, text: 'why', owner: 'nobody' });
  stands('resumed', HERE, [ended('stopped'), event('OwnerChange', { pid: 1, host: 'h', why: 'resume' })], {
    state: 'working',
    text: '',
    owner: 'here',
  });

  it('says that it stands at a limit which a person can lift, and not at another one', () => {
    const limits = ['spec-dollars', 'budget-exhausted', 'run-tokens', 'unpriced-model', undefined].map((rule) => {
      const { take, settle, shown } = upTo(NOBODY, begins(/^plan\/1\/plan\//));
      const payload = { outcome: 'blocked', stage: 'plan', text: 'why', tree: null } as const;
      take(event('RunEnd', rule === undefined ? payload : { ...payload, rule }));
      settle();
      return (shown.get('head') as RunHead).atLimit ?? false;
    });
    assert.deepEqual(limits, [true, true, false, false, false]);
  });

  it('shows a stage halted whose process is gone, and stale what would be done anew', () => {
    const { run, shown, settle } = upTo(HERE, begins(/^plan\/1\/plan\//));
    run.facts({ ...NOBODY, stale: { text: 'spec.md changed', stages: ['specify'] } });
    settle();
    const states = ['specify', 'plan', 'tasks'].map((stage) => (shown.get(`stage/${stage}`) as StageCell).state);
    assert.deepEqual(states, ['stale', 'halted', 'waiting']);
    assert.equal((shown.get('head') as RunHead).stale, 'spec.md changed');
    assert.equal(shown.get('now'), null);
  });
});

describe('what is done now', () => {
  const at = Date.UTC(2026, 0, 3);
  const iso = (milliseconds: number): string => new Date(at + milliseconds).toISOString();

  it('is the call that streams, with its heartbeat, and a plan as it comes', () => {
    const { run, shown, settle } = upTo(HERE, begins(/^plan\/1\/plan\//));
    const say = (text: string, characters: number, now: number): void => {
      run.progress({ kind: 'call', role: 'architect', worker: 'cheap', characters }, at + now);
      run.progress({ kind: 'text', role: 'architect', text }, at + now);
    };
    say('{"summary": "Change gre', 23, 0);
    say('et.", "steps": [{"title": "gr', 52, 500);
    settle();
    assert.deepEqual(shown.get('now'), {
      stage: 'plan',
      task: null,
      doing: 'the architect writes',
      worker: 'cheap',
      since: iso(0),
      beatAt: iso(500),
      characters: 52,
    });
    assert.deepEqual(shown.get('stream'), {
      role: 'architect',
      worker: 'cheap',
      text: '{"summary": "Change greet.", "steps": [{"title": "gr',
    });
    assert.deepEqual(shown.get('plan'), {
      isWhole: false,
      summary: 'Change greet.',
      confidence: null,
      files: [],
      steps: [{ title: 'gr', text: '', requirements: [] }],
      risks: [],
    });
    say('{"summary": "Again', 18, 900);
    settle();
    assert.equal(
      (shown.get('stream') as { text: string }).text,
      '{"summary": "Again',
      'a call that is made again streams anew',
    );
    assert.equal((shown.get('plan') as { summary: string }).summary, 'Again');
  });

  it('is the first of the calls that advisers make together, then the next with all it has said', () => {
    const { run, shown, take, settle } = upTo(HERE, begins(/^audit\/1\/critic\//));
    const say = (role: 'critic' | 'security_reviewer', text: string, characters: number): void => {
      run.progress({ kind: 'call', role, worker: 'cheap', characters }, at);
      run.progress({ kind: 'text', role, text }, at);
    };
    const streams = (): unknown => {
      settle();
      return shown.get('stream');
    };
    say('critic', 'One', 3);
    say('security_reviewer', 'Two', 3);
    say('critic', ' more', 8);
    say('security_reviewer', ' as well', 11);
    assert.deepEqual(streams(), { role: 'critic', worker: 'cheap', text: 'One more' });
    assert.equal((shown.get('now') as { doing: string }).doing, 'the critic writes');
    take(criticEnded());
    assert.deepEqual(streams(), { role: 'security reviewer', worker: 'cheap', text: 'Two as well' });
    say('security_reviewer', '.', 12);
    assert.deepEqual(streams(), { role: 'security reviewer', worker: 'cheap', text: 'Two as well.' });
  });

  it('is a check of the attempt, until its result is there', () => {
    const { run, shown, take, settle } = upTo(HERE, begins(/^check\/test\//));
    run.progress({ kind: 'command', name: 'test', text: 'a line of output' }, at);
    settle();
    assert.equal((shown.get('now') as { doing: string }).doing, 'runs check test');
    const checks = () => (shown.get('attempt/T1/1') as AttemptCell).checks;
    assert.deepEqual(checks(), [{ name: 'test', outcome: 'running', output: null }]);
    take(ended('stopped'));
    settle();
    assert.deepEqual(checks(), [{ name: 'test', outcome: 'stopped', output: null }]);
    assert.deepEqual([shown.get('now'), shown.get('stream')], [null, null]);
  });
});

describe('a question about the work', () => {
  const facts = {
    magnitude: 'important' as const,
    resolvability: 'suggest-fix' as const,
    confidence: 0.8,
    suggestion: 'One minute.',
    citation: { document: 'spec' as const, quote: 'in any minute' },
    why: 'FR-2 says it.',
  };
  const asked = { stage: 'plan' as const, text: 'How long?', about: 'plan-c1' };
  const { confidence: _confidence, resolvability: _resolvability, ...shownFacts } = facts;

  it('shows how grave it is, and the suggested answer with what it cites; without a person, by whom it was settled', () => {
    const { shown, take, settle } = upTo(HERE, () => false);
    take(event('QuestionAsk', { key: 'question/Q1', id: 'Q1', options: [], ...asked, facts }));
    const settled = { by: 'model' as const, answer: 'One minute.', worker: 'cheap', rule: 'cited', why: '' };
    take(event('QuestionSettle', { key: 'plan/1/clarify/plan-c1', id: 'R1', ...asked, facts, ...settled }));
    settle();
    const { about: _about, ...told } = asked;
    assert.deepEqual(
      [shown.get('question/Q1'), shown.get('question/R1')],
      [
        { id: 'Q1', ...told, options: [], answer: null, facts: shownFacts },
        { id: 'R1', ...told, options: [], answer: 'One minute.', facts: shownFacts, settled: 'model' },
      ],
    );
  });
});

describe('what is not in the log', () => {
  it('is handed in: documents, notices and the hunks of a review', () => {
    const { run, shown, settle } = upTo(NOBODY, () => false);
    run.document({ name: 'plan.md', path: 'specs/SPEC-001-greeting/plan.md', markdown: '# Plan' });
    run.document({ name: 'notes.md', path: 'notes.md', markdown: 'not of a stage' });
    run.notice('x'.repeat(3_000), Date.UTC(2026, 0, 3));
    run.review({
      round: 1,
      brief: 'Checked   not yet',
      files: [
        {
          path: 'src/greet.js',
          change: 'modified',
          voided: 1,
          hunks: [{ decision: 'approved' }, { decision: 'open' }],
        },
      ],
    });
    run.review({ round: 7, brief: '', files: [] });
    settle();
    assert.deepEqual(shown.get('document/plan'), { name: 'plan.md', markdown: '# Plan' });
    assert.deepEqual((shown.get('stage/plan') as StageCell).document, {
      kind: 'file',
      path: 'specs/SPEC-001-greeting/plan.md',
    });
    assert.deepEqual(
      [...shown.keys()].filter((key) => key.startsWith('document/')),
      ['document/plan'],
    );
    assert.equal((shown.get('notice') as { text: string }).text.length, 2_000);
    assert.deepEqual((shown.get('proposal') as { files: unknown }).files, [
      { path: 'src/greet.js', change: 'modified', hunks: 2, approved: 1, rejected: 0, voided: 1 },
    ]);
  });

  it('cannot come before the run', () => {
    const [, second] = recorded;
    assert.ok(second !== undefined);
    assert.throws(() => foldedCells(HERE).take(second), /begins with RunStart/);
  });
});

describe('a worker that another stands in for', () => {
  it('is told of in the timeline, and its attempt has failed', () => {
    const cells = upTo(HERE, begins(/^implement\/T1\/1\//));
    assert.equal((cells.shown.get('attempt/T1/1') as AttemptCell).state, 'running');
    const about = { stage: 'implement', role: 'implementer', from: 'cheap', to: 'strong' } as const;
    const fallback = event('FallbackActivated', {
      ...about,
      key: 'implement/T1/1',
      fault: 'serverError',
      text: 'serverError: it said 500',
    });
    const opened = event('CircuitChange', {
      key: 'implement/T1/1/turn-1',
      endpoint: 'small at http://127.0.0.1:1/v1',
      to: 'open',
      text: 'left alone for 30 s: serverError: it said 500',
    });
    for (const next of [opened, fallback]) cells.take(next);
    cells.settle();
    assert.equal((cells.shown.get('attempt/T1/1') as AttemptCell).state, 'failed');
    assert.deepEqual(
      [opened, fallback].map(({ seq: nth }) => (cells.shown.get(`line/${nth}`) as { text: string }).text),
      [
        'circuit opened for small at http://127.0.0.1:1/v1: left alone for 30 s: serverError: it said 500',
        'fell back from cheap to strong: serverError: it said 500',
      ],
    );
  });
});
