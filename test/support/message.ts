import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CommandResult } from './scriptedProject.ts';

const folder = path.resolve(import.meta.dirname, '../scenarios/messages');

/** What a person typed and what they are shown for it. `hide` are texts of this one run (a folder, a port) and what stands for them. */
export interface Shown {
  readonly words: readonly string[];
  readonly result: CommandResult;
  readonly hide: readonly (readonly [text: string, mark: string])[];
}

/**
 * Compares what a command line said with test/scenarios/messages/<name>.txt, which reviewers read; UPDATE=1 writes it. Fails on a stack
 * trace and on an error that says nothing, whatever the golden says.
 */
export function checkMessage(name: string, shown: Shown): void {
  const text = transcript(shown);
  assert.doesNotMatch(text, /this should not have happened|\n {4}at /, `${name}: a fault instead of a message`);
  const file = path.join(folder, `${name}.txt`);
  if (process.env['UPDATE'] === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
  }
  assert.equal(
    text,
    existsSync(file) ? readFileSync(file, 'utf8') : '',
    `${name}: run with UPDATE=1 and read the difference`,
  );
}

function transcript({ words, result, hide }: Shown): string {
  const line = ['speckit', ...words.map((word) => (/^[\w./=:-]+$/.test(word) ? word : JSON.stringify(word)))].join(' ');
  const parts = [
    `$ ${line}`,
    `exit ${result.exit ?? result.signal}`,
    ...section('stdout', result.stdout),
    ...section('stderr', result.stderr),
  ];
  return `${withoutChance(parts.join('\n'), hide)}\n`;
}

const section = (title: string, text: string): readonly string[] =>
  text.trim() === '' ? [] : ['', `${title}:`, text.replace(/\n+$/, '')];

function withoutChance(text: string, hide: Shown['hide']): string {
  let plain = text;
  for (const [from, to] of hide) plain = plain.replaceAll(from, to);
  return plain
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
    .replaceAll(/\b\d{8}-\d{6}-[0-9a-f]{4}\b/g, '<run>')
    .replaceAll(/ *\b\d+(?:\.\d)? (?:s|ms)(?=[ ,]|$)/gm, ' <time>')
    .replaceAll(/\bv24\.[\d.]+/g, '<node>')
    .replaceAll(/objects\/[0-9a-f]{2}\b/g, 'objects/<id>')
    .replaceAll(/\$0\.\d+/g, '<dollars>');
}
