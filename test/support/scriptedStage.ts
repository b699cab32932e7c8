/*
 * A program for the crash tests: runs ten durable steps over a real log in FOLDER; each effect writes one line to FOLDER/effects.txt.
 * It kills itself with SIGKILL at the moment named by KILL_AT: `start:N` (after the N-th step began), `effect:N` (after its effect), `never`.
 */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { createSteps } from '../../src/core/run/steps.ts';
import { createBlobStore } from '../../src/node/log/blobStore.ts';
import { openEventLog } from '../../src/node/log/eventLog.ts';

const [folder = '', killAt = 'never'] = process.argv.slice(2);
const blobs = createBlobStore(path.join(folder, 'blobs'));
const clock = { now: () => Date.now() };
const opened = await openEventLog(path.join(folder, 'events.jsonl'), clock, () => undefined, blobs.settle);
if (opened.kind === 'error') throw new Error(JSON.stringify(opened.error));
const log = opened.value;
const steps = createSteps(log, blobs);
const kill = (moment: string): void => {
  if (moment === killAt) process.kill(process.pid, 'SIGKILL');
};
let sum = 0;
for (let number = 1; number <= 10; number += 1) {
  const { output } = await steps.step(
    { key: `stage/${number}`, effect: 'command' },
    { number, sum },
    async () => {
      kill(`start:${number}`);
      appendFileSync(path.join(folder, 'effects.txt'), `${number}\n`);
      kill(`effect:${number}`);
      return { outcome: 'done' as const, output: { sum: sum + number, padding: 'x'.repeat(number * 100) } };
    },
    new AbortController().signal,
  );
  sum = output.sum;
  steps.note('Checkpoint', { key: `stage/${number}`, tree: String(number).padStart(40, '0') });
}
await log.close();
process.stdout.write(`${sum}\n`);
