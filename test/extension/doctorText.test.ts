import assert from 'node:assert/strict';
import type { DoctorReport } from '../../src/app/doctor.ts';
import { doctorText } from '../../src/extension/doctorText.ts';

const NOTHING: DoctorReport = {
  node: 'v24.0.0',
  repository: { kind: 'problem', text: 'not a git repository' },
  configuration: { kind: 'ok', checks: [], workers: [], notices: [] },
  sandbox: { kind: 'none', why: 'There is none.', isWaived: false },
  missing: [],
  models: [],
  agents: [],
};

const EVERYTHING: DoctorReport = {
  node: 'v24.0.0',
  repository: { kind: 'ok', root: '/shop' },
  configuration: { kind: 'ok', checks: ['test'], workers: ['cheap', 'strong'], notices: ['A note.'] },
  sandbox: { kind: 'bubblewrap', program: '/usr/bin/bwrap', note: '' },
  missing: ['Run `npm ci` first.'],
  models: [{ kind: 'key', variable: 'OPENAI_API_KEY', provider: 'openai-chat' }],
  agents: ['claude'],
  editorModels: ['copilot/gpt-4o', 'vendor/other'],
  storedKeys: ['ANTHROPIC_API_KEY'],
};

/** The rows as name and values, without the heading and the last line. */
const rowsOf = (report: DoctorReport): Readonly<Record<string, readonly string[]>> => {
  const rows: Record<string, string[]> = {};
  let name = '';
  for (const line of doctorText(report).split('\n').slice(2, -3)) {
    name = line.slice(0, 16).trim() || name;
    (rows[name] ??= []).push(line.slice(16));
  }
  return rows;
};

describe('what was found, as a page', () => {
  it('names every kind of model and key', () =>
    assert.deepEqual(rowsOf(EVERYTHING), {
      Repository: ['/shop'],
      Checks: ['test'],
      Workers: ['cheap', 'strong'],
      Notes: ['A note.'],
      Sandbox: ['bubblewrap (/usr/bin/bwrap)'],
      Missing: ['Run `npm ci` first.'],
      'Local servers': ['none on the usual ports'],
      'Editor models': ['copilot/gpt-4o', 'vendor/other'],
      Keys: ['ANTHROPIC_API_KEY, stored in VS Code', 'OPENAI_API_KEY, in the environment'],
      Agents: ['claude'],
      Node: ['v24.0.0'],
    }));

  it('says what helps where there is nothing', () => {
    const rows = rowsOf(NOTHING);
    assert.deepEqual(rows['Keys'], ['none; "SpecKit: Set Key" stores one']);
    assert.deepEqual(rows['Repository'], ['not a git repository']);
    assert.deepEqual(rows['Sandbox'], ['none: There is none. A run asks before a command runs.']);
    assert.match(doctorText(NOTHING), /Without any model: "SpecKit: Try the Sample"/);
    assert.match(doctorText(EVERYTHING), /^Ready\.$/m);
  });

  it('stays a page with a thousand models', () => {
    const editorModels = Array.from({ length: 1_000 }, (_, index) => `vendor/${index}`);
    assert.deepEqual(rowsOf({ ...EVERYTHING, editorModels })['Editor models']?.slice(-2), [
      'vendor/19',
      'and 980 more',
    ]);
  });
});
