import assert from 'node:assert/strict';
import { serverEndLines, serverStateText, serverStatusLines, stopText } from '../../src/app/reflexServerText.ts';
import type { ServerEnd, ServerState } from '../../src/core/reflex/serverState.ts';

const BASE = { url: 'http://127.0.0.1:3009/v1', at: 0, command: ['python'] };
const MISSING: ServerEnd = {
  at: 0,
  how: 'python: no such executable',
  fault: {
    kind: 'missingExecutable',
    what: 'The program of the command was not found.',
    next: 'Install it.',
    line: '',
  },
  lastLines: [],
};
const CRASHED: ServerEnd = { at: 0, how: 'ended with exit code 1', lastLines: ['odd'] };

const check = (state: ServerState, expected: string): void => assert.equal(serverStateText(state, 2_000), expected);

describe('what is told of the local server', () => {
  it('says which start it is from the second on', () => {
    const starting = { kind: 'starting', ...BASE, pid: 7 } as const;
    check({ ...starting, attempt: 1 }, 'Starting the server for 127.0.0.1:3009: process 7, 2.0 s');
    check({ ...starting, attempt: 2 }, 'Starting the server for 127.0.0.1:3009, start 2: process 7, 2.0 s');
  });

  it('says that it ended, and how often it was started', () => {
    check(
      { kind: 'failed', ...BASE, attempt: 1, last: CRASHED },
      'The server ended with exit code 1. It was started once and is not started again.',
    );
    check(
      { kind: 'waiting', ...BASE, attempt: 1, againAt: 4_000, last: CRASHED },
      'The server ended with exit code 1. It is started again in 2.0 s.',
    );
    assert.equal(
      serverEndLines(CRASHED)[0],
      'The server ended with exit code 1. SpecKit does not know why; its last lines:',
    );
  });

  it('says that it could not be started', () => {
    check(
      { kind: 'failed', ...BASE, attempt: 1, last: MISSING },
      'The server could not be started: python: no such executable (The program of the command was not found). It was tried once and is not tried again.',
    );
    check(
      { kind: 'failed', ...BASE, attempt: 3, last: MISSING },
      'The server could not be started: python: no such executable (The program of the command was not found). It was tried 3 times and is not tried again.',
    );
    const { fault: _, ...unknown } = MISSING;
    assert.equal(
      serverEndLines(unknown)[0],
      'The server could not be started: python: no such executable. SpecKit does not know why; its last lines:',
    );
  });

  it('says whose process was killed', () => {
    assert.equal(
      stopText({ outcome: 'ended' }),
      "SpecKit's process that watches over the server was killed. What was left of the server is ended.",
    );
    const killed = {
      supervisor: 'killed',
      state: { kind: 'starting', ...BASE, pid: 7, attempt: 1 },
      logFile: '/l',
    } as const;
    assert.equal(
      serverStatusLines(killed, 0)[0],
      "SpecKit's process that watches over it was killed, and the server with it. Start it again: `speckit reflex start`",
    );
  });
});
