import assert from 'node:assert/strict';
import type { ModelError } from '../../../src/core/ports.ts';
import {
  backoffMs,
  recover,
  recoverAnswer,
  type Recovery,
  type RecoveryFacts,
} from '../../../src/core/router/recovery.ts';

const FIRST: RecoveryFacts = { retries: 0, workersLeft: 1, jitter: 1 };
const message = 'the server said so';

function check(failure: ModelError, facts: Partial<RecoveryFacts>, expected: Recovery): void {
  assert.deepEqual(recover(failure, { ...FIRST, ...facts }), expected);
}

/** What is in common to the expectations of one kind: at first, after two retries, and then with no worker left. */
type Course = readonly [first: string, later: string, last: string];

const inShort = (recovery: Recovery): string => {
  if (recovery.kind === 'retry') return `retry after ${recovery.afterMs}`;
  return recovery.kind === 'stop' ? `stop ${recovery.exit}` : recovery.kind;
};

const PASSING: Course = ['retry after 500', 'nextWorker', 'stop infrastructure'];
const CONFIGURATION: Course = ['stop configuration', 'stop configuration', 'stop configuration'];

/** Every kind of failure, so that a new kind does not compile until its course is stated. */
const COURSES: { readonly [Kind in ModelError['kind']]: readonly [Extract<ModelError, { kind: Kind }>, Course] } = {
  rateLimited: [{ kind: 'rateLimited', message }, PASSING],
  overloaded: [{ kind: 'overloaded', message }, PASSING],
  serverError: [{ kind: 'serverError', status: 500, message }, PASSING],
  connection: [{ kind: 'connection', message }, PASSING],
  timeout: [{ kind: 'timeout', phase: 'idle', afterMs: 60_000 }, PASSING],
  cut: [{ kind: 'cut', message, partialText: 'half an ans' }, PASSING],
  malformed: [{ kind: 'malformed', message }, PASSING],
  badRequest: [{ kind: 'badRequest', status: 400, message }, CONFIGURATION],
  unauthorized: [{ kind: 'unauthorized', status: 401, message }, CONFIGURATION],
  notFound: [{ kind: 'notFound', message }, CONFIGURATION],
  configuration: [{ kind: 'configuration', message }, CONFIGURATION],
  recordingMissing: [{ kind: 'recordingMissing', stepKey: 'plan/1', message }, CONFIGURATION],
  overBudget: [{ kind: 'overBudget', message }, ['nextWorker', 'nextWorker', 'stop infrastructure']],
  contextOverflow: [{ kind: 'contextOverflow', message }, ['nextWorker', 'nextWorker', 'stop configuration']],
  tooLarge: [{ kind: 'tooLarge', limitBytes: 1_000 }, ['nextWorker', 'nextWorker', 'stop infrastructure']],
  stopped: [{ kind: 'stopped' }, ['stop stopped', 'stop stopped', 'stop stopped']],
};

describe('recovery', () => {
  for (const [kind, [failure, course]] of Object.entries(COURSES)) {
    it(`of ${kind} goes: ${course.join(', ')}`, () => {
      const later = { ...FIRST, retries: 2 };
      const steps = [FIRST, later, { ...later, workersLeft: 0 }].map((facts) => inShort(recover(failure, facts)));
      assert.deepEqual(steps, course);
    });
  }

  it('retries twice, doubling the wait', () => {
    const failure: ModelError = { kind: 'serverError', status: 503, message };
    check(failure, { retries: 0 }, { kind: 'retry', afterMs: 500 });
    check(failure, { retries: 1 }, { kind: 'retry', afterMs: 1_000 });
    check(failure, { retries: 2 }, { kind: 'nextWorker', why: 'serverError: the server said so after 2 retries' });
    check(
      failure,
      { retries: Number.NaN },
      { kind: 'nextWorker', why: 'serverError: the server said so after NaN retries' },
    );
  });

  it('waits as long as a server asks, up to a minute', () => {
    const after = (retryAfterMs: number): ModelError => ({ kind: 'rateLimited', message, retryAfterMs });
    check(after(60_000), {}, { kind: 'retry', afterMs: 60_000 });
    check(after(60_001), {}, { kind: 'nextWorker', why: 'rateLimited: the server said so (asks to wait 60 s)' });
    check(after(100), {}, { kind: 'retry', afterMs: 500 });
    check(after(-5), {}, { kind: 'retry', afterMs: 500 });
    check(after(Number.NaN), {}, { kind: 'retry', afterMs: 500 });
    check(after(5_000), { retries: 2 }, { kind: 'nextWorker', why: 'rateLimited: the server said so after 2 retries' });
  });

  it('does not try again what the server says would fail again, nor an endpoint that is left alone', () => {
    const refused: ModelError = { kind: 'serverError', status: 500, message, retryRefused: true };
    const why = 'serverError: the server said so (asks not to be tried again)';
    check(refused, {}, { kind: 'nextWorker', why });
    const failure: ModelError = { kind: 'connection', message };
    check(
      failure,
      { isLeftAlone: true },
      { kind: 'nextWorker', why: 'connection: the server said so after 0 retries' },
    );
  });

  it('leaves it to the router whether a worker is left when nobody counted', () => {
    const failure: ModelError = { kind: 'contextOverflow', message };
    const why = 'The request does not fit: the server said so';
    assert.deepEqual(recover(failure, { retries: 0, jitter: 0 }), { kind: 'nextWorker', why });
  });

  it('of an answer without the shape asked for repairs once, then climbs', () => {
    const why = 'The answer has the wrong shape after 1 repairs: no "tasks"';
    assert.deepEqual(recoverAnswer('no "tasks"', { repairs: 0, workersLeft: 0 }), { kind: 'repair' });
    assert.deepEqual(recoverAnswer('no "tasks"', { repairs: 1 }), { kind: 'nextWorker', why });
    const stopped = { kind: 'stop', exit: 'infrastructure', why: `${why}; no other worker is left` };
    assert.deepEqual(recoverAnswer('no "tasks"', { repairs: 1, workersLeft: 0 }), stopped);
  });

  it('says why it stops', () => {
    const unauthorized: ModelError = { kind: 'unauthorized', status: 401, message };
    check(unauthorized, {}, { kind: 'stop', exit: 'configuration', why: 'the server said so (status 401)' });
    const timeout: ModelError = { kind: 'timeout', phase: 'firstToken', afterMs: 9 };
    const why = 'timeout: firstToken after 9 ms after 2 retries; no other worker is left';
    check(timeout, { retries: 2, workersLeft: 0 }, { kind: 'stop', exit: 'infrastructure', why });
  });
});

describe('the wait before a retry', () => {
  const cases: readonly (readonly [retries: number, jitter: number, expected: number])[] = [
    [0, 0, 250],
    [0, 1, 500],
    [1, 0.5, 750],
    [5, 1, 16_000],
    [6, 1, 20_000],
    [50, 1, 20_000],
    [5_000, 0, 10_000],
    [0, -1, 250],
    [0, 7, 500],
    [0, Number.NaN, 500],
  ];
  for (const [retries, jitter, expected] of cases) {
    it(`is ${expected} ms after ${retries} retries with jitter ${jitter}`, () => {
      assert.equal(backoffMs(retries, jitter), expected);
    });
  }
});
