import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { openEventLog } from '../../../src/node/log/eventLog.ts';
import { createLogTail } from '../../../src/node/log/logTail.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** The lines of a real log of so many events. */
async function linesOf(file: string, count: number): Promise<readonly string[]> {
  const log = await openEventLog(file, { now: () => 0 }, () => undefined);
  assert.ok(log.kind === 'ok');
  for (let index = 0; index < count; index += 1)
    log.value.append('ErrorEvent', { key: String(index), error: 'x', text: 'ä'.repeat(index * 7) });
  await log.value.close();
  return readFileSync(file, 'utf8').match(/[^\n]*\n/g) ?? [];
}

describe('a log that grows', () => {
  it('is read line by line, however its bytes arrive', async () => {
    using folder = temporaryFolder();
    const lines = await linesOf(folder.join('whole.jsonl'), 12);
    const bytes = Buffer.from(lines.join(''), 'utf8');
    const file = folder.join('growing.jsonl');
    const tail = createLogTail(file);
    assert.deepEqual(await tail.next(), { kind: 'ok', value: [] }, 'no file is no event yet');
    writeFileSync(file, '');
    const seen: string[] = [];
    for (let at = 0; at < bytes.length; at += 97) {
      appendFileSync(file, bytes.subarray(at, at + 97));
      const events = await tail.next();
      assert.ok(events.kind === 'ok');
      seen.push(...events.value.map((event) => `${JSON.stringify(event)}\n`));
    }
    assert.deepEqual(seen, lines);
  });

  it('is refused from the line that does not follow', async () => {
    using folder = temporaryFolder();
    const [first = '', second = '', third = ''] = await linesOf(folder.join('whole.jsonl'), 3);
    const file = folder.join('events.jsonl');
    writeFileSync(file, first);
    const tail = createLogTail(file);
    assert.equal((await tail.next()).kind, 'ok');
    appendFileSync(file, third + second);
    const events = await tail.next();
    assert.deepEqual(events.kind === 'error' && events.error, {
      kind: 'damaged',
      file,
      line: 2,
      text: 'has number 3 where 2 belongs',
    });
  });
});
