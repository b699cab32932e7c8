import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { loggedMessages } from '../../../src/extension/engine/webviewLog.ts';
import type { FeedMessage } from '../../../src/protocol/feed.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('the log of what a panel is sent', () => {
  const messages: readonly FeedMessage[] = [
    { kind: 'first', seq: 1, changes: [{ kind: 'set', key: 'notice', value: null }] },
    { kind: 'next', seq: 2, changes: [{ kind: 'append', key: 'stream', text: 'two\nlines' }] },
  ];

  it('has every message as a line, in order, and each is sent all the same', () => {
    using folder = temporaryFolder();
    const file = folder.join('messages.ndjson');
    const sent: FeedMessage[] = [];
    const send = loggedMessages(file, 'feed-1', (message) => sent.push(message));
    for (const message of messages) send(message);
    assert.deepEqual(sent, messages);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      messages.map((message) => ({ feed: 'feed-1', message })),
    );
  });

  it('is not there when nobody asked for it', () => {
    using folder = temporaryFolder();
    for (const file of [undefined, '']) {
      const send = (): void => undefined;
      assert.equal(loggedMessages(file, 'feed-1', send), send);
    }
    assert.equal(existsSync(folder.join('messages.ndjson')), false);
  });
});
