import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { outsideWaits, type OutsideWait } from './support/outsideWaits.ts';

/*
 * Every wait for something outside has a deadline or an idle timeout. All places where such a wait can begin are found by the type checker
 * (support/outsideWaits.ts); each is either of a kind that this test names as not ending by itself, with the reason, or stands in the table with what
 * ends it. Not shown by this: that the deadline is a good one, and that what it ends is really gone; the tests that are named show that.
 */

/** Kinds of waits that have no deadline of their own, and why. */
const NOT_TIMED: readonly (readonly [why: string, isOne: (wait: OutsideWait) => boolean])[] = [
  [
    'it waits for other promises only, each of which began somewhere',
    ({ from, what }) =>
      from.startsWith('lib.es') && !['new Promise', 'withResolvers', 'next', 'fromAsync', 'try'].includes(what),
  ],
  [
    'a disk answers or fails: a call of the operating system cannot be taken back, so a timer would end the wait and not the call',
    ({ from }) => from === '@types/node/fs/promises.d.ts',
  ],
  [
    'the editor answers, or a person does, who may take as long as they like; models of the editor are not among these',
    ({ file, from, what }) =>
      file.startsWith('src/extension/') &&
      from === '@types/vscode/index.d.ts' &&
      !['sendRequest', 'selectChatModels', 'countTokens'].includes(what),
  ],
  ['it is a timer', ({ from }) => from === '@types/node/timers/promises.d.ts'],
  ['it only computes', ({ from }) => /^(?:zod|commander|web-tree-sitter)\//.test(from)],
];

interface Ended {
  /** What ends the wait, in words. */
  readonly by: string;
  /** What has to stand in the statement where the wait begins, or in the file where that is said. */
  readonly code: RegExp;
  /** The test that shows it, where a person has to believe more than the code. */
  readonly shown?: string;
}

const timer: Ended = { by: 'a timer of its own', code: /setTimeout\(/ };
const signal = (by: string, shown?: string): Ended => ({
  by,
  code: /signal/,
  ...(shown !== undefined && { shown }),
});
const call = signal('the deadlines of the call: first token, idle, total', 'test/node/models/deadlines.test.ts');
const stdin: Ended = {
  by: 'the end of what is piped in, or a Ctrl-C: whoever calls this pipes it in',
  code: /stdin|stdout|ReadableStream/,
};

/** `<file> <what>`, and what ends it. */
const TIMED: Readonly<Record<string, Ended>> = {
  'src/app/follow.ts new Promise': {
    by: 'the polling, every 200 ms, and the signal',
    code: /watchFolder\(folder, POLL_MS/,
    shown: 'test/cli/follow.test.ts',
  },
  'src/app/newSpec.ts new Promise': timer,
  'src/app/remoteEditorModel.ts withResolvers': { ...call, shown: 'test/app/remoteEditorModel.test.ts' },
  'src/app/requests.ts new Promise': timer,
  'src/app/runContext.ts new Promise': timer,
  'src/app/spending.ts new Promise': timer,
  'src/app/window.ts new Promise': timer,
  'src/base/withAbort.ts new Promise': signal('the signal, which is why it is there'),
  'src/cli/commands/patch.ts for await': stdin,
  'src/cli/commands/policy.ts for await': stdin,
  'src/cli/commands/watch.ts new Promise': timer,
  'src/extension/activate.ts new Promise': { by: 'the next turn of the loop', code: /setImmediate\(resolve\)/ },
  'src/extension/commands/auto.ts new Promise': { by: 'a person, who chooses or leaves', code: /onDidHide/ },
  'src/extension/engine/client.ts terminate': {
    by: 'nobody waits for it',
    code: /void ending\?\.worker\.terminate\(\)/,
  },
  'src/extension/engine/folderEngine.ts new Promise': {
    by: 'the first event of the run, or its failure: all it does until then has deadlines',
    code: /reject\(/,
  },
  'src/extension/models/editorCall.ts next': { ...call, code: /withAbort\(stream\.next\(\), signal\)/ },
  'src/extension/models/editorModel.ts countTokens': {
    ...call,
    code: /countTokens/,
    shown: 'test/extension/models/editorCall.test.ts',
  },
  'src/extension/models/editorModel.ts for await': { ...call, code: /partsOf/ },
  'src/extension/models/editorModel.ts selectChatModels': {
    by: 'the deadlines of the call, or of the list',
    code: /withAbort\(/,
  },
  'src/extension/models/editorModel.ts sendRequest': call,
  'src/extension/views/needsTree.ts new Promise': timer,
  'src/node/git.ts new Promise': { ...timer, shown: 'test/node/git.test.ts' },
  'src/node/looseObjects.ts promisify': { by: 'it only computes', code: /promisify\(inflate\)/ },
  'src/node/writeObjects.ts promisify': { by: 'it only computes', code: /promisify\(deflate\)/ },
  'src/node/models/anthropic.ts create': call,
  'src/node/models/anthropic.ts withResponse': call,
  'src/node/models/discover.ts fetch': signal('the deadline of the look', 'test/node/models/discover.test.ts'),
  'src/node/models/discover.ts for await': { by: 'the signal of the fetch it reads', code: /response\.body/ },
  'src/node/models/openaiChat.ts create': call,
  'src/node/models/openaiChat.ts withResponse': call,
  'src/node/models/openaiResponses.ts create': call,
  'src/node/models/openaiResponses.ts withResponse': call,
  'src/node/models/streamedCall.ts for await': { by: 'the signal of the fetch it reads', code: /response\.body/ },
  'src/node/models/streamedCall.ts next': {
    ...call,
    code: /startDeadlines|deadlines\.signal/,
    shown: 'test/node/models/streamedCall.test.ts',
  },
  'src/node/models/watchedFetch.ts fetch': { by: 'the signal that the call puts into init', code: /\.\.\.init/ },
  'src/node/processes.ts new Promise': {
    by: 'the deadline of the request, and few looks for the output',
    code: /setTimeout\(|drained/,
    shown: 'test/node/processes.test.ts',
  },
  'src/node/reflex/getText.ts fetch': signal('the deadline of the look'),
  'src/node/reflex/getText.ts for await': { by: 'the signal of the fetch it reads', code: /response\.body/ },
  'src/node/reflex/listeners.ts new Promise': timer,
  'src/node/reflex/serverProcess.ts new Promise': {
    by: 'a person, who stops the server: it is to run as long as they like. Its end ends both, and its pipes are read for half a second more',
    code: /child\.once\('exit'|stream\.once\('close'/,
    shown: 'test/node/reflex/supervisor.test.ts',
  },
  'src/node/reflex/supervisor.ts new Promise': signal(
    'the signal, which is what it waits for',
    'test/node/reflex/supervisor.test.ts',
  ),
  'src/node/sandbox/bubblewrap.ts promisify': { by: 'a timeout of 10 s', code: /timeout: 10_000/ },
  'src/protocol/rpc.ts new Promise': {
    by: 'the answer of the other thread, which is this program, or its end: then all that is open rejects',
    code: /reject\(new AbortedError\(\)\)/,
    shown: 'test/protocol/rpc.test.ts',
  },
};

const keyOf = ({ file, what }: OutsideWait): string => `${file} ${what}`;

describe('a wait for something outside', function () {
  this.timeout(60_000);
  let timed: readonly OutsideWait[] = [];
  before(() => {
    const all = outsideWaits();
    assert.ok(all.length > 300, 'the sources were read');
    timed = all.filter((wait) => !NOT_TIMED.some(([, isOne]) => isOne(wait)));
  });

  it('begins at no place but those of the table', () => {
    assert.deepEqual([...new Set(timed.map(keyOf))].toSorted(), Object.keys(TIMED).toSorted());
  });

  it('is ended at each by what the table says', () => {
    const without = timed.filter((wait) => TIMED[keyOf(wait)]?.code.test(wait.statement) !== true);
    assert.deepEqual(without.map(keyOf), []);
  });

  it('is shown by tests that there are', () => {
    const tests = Object.values(TIMED).flatMap(({ shown }) => shown ?? []);
    assert.deepEqual(
      tests.filter((test) => !existsSync(path.resolve(import.meta.dirname, '..', test))),
      [],
    );
  });
});
