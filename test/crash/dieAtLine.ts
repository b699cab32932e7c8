import { open, type FileHandle } from 'node:fs/promises';
import { eventMark } from '../support/eventMark.ts';

/*
 * Loaded into the real command line before its own code (`node --import dieAtLine.ts?mark=...`): ends the process with SIGKILL in the middle of a write
 * to events.jsonl, as soon as the first event with the wanted mark is on disk. What stands behind that event in the same write is lost, as a kill
 * loses it. With `&torn=yes` half of a further line is on disk too.
 */

const wanted = new URL(import.meta.url).searchParams;
const mark = wanted.get('mark');
const TORN_CHARACTERS = 60;

const handle = await open(import.meta.filename, 'r');
const prototype = Object.getPrototypeOf(handle) as { appendFile: FileHandle['appendFile'] };
await handle.close();
const { appendFile } = prototype;

prototype.appendFile = function appendAndPerhapsDie(this: FileHandle, ...words) {
  const [text] = words;
  const lines = typeof text === 'string' && text.includes('"previous"') ? text.split('\n').slice(0, -1) : [];
  const at = lines.findIndex((line) => eventMark(JSON.parse(line)) === mark);
  if (at === -1) return appendFile.apply(this, words);
  const whole = lines.slice(0, at + 1).map((line) => `${line}\n`);
  const torn = wanted.has('torn') ? (lines[at + 1] ?? lines[at] ?? '').slice(0, TORN_CHARACTERS) : '';
  return appendFile.call(this, whole.join('') + torn).then(() => {
    process.kill(process.pid, 'SIGKILL');
  });
};
