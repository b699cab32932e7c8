import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { evaluateGate } from '../../../src/core/gates/evaluate.ts';
import type { Signal } from '../../../src/core/gates/signal.ts';
import type { Verdict } from '../../../src/core/gates/verdict.ts';
import { STAGES, type Stage } from '../../../src/core/run/stage.ts';
import { goodSignals, KINDS, POLICY, request, sentBack, variant, VARIANTS } from './samples.ts';

/** What was tried before the attempt judged. Each is one table of the golden file. */
const SITUATIONS = [
  { title: 'First attempt, another worker left', attempts: 'first', told: false },
  { title: 'Second attempt of this worker, another left', attempts: 'second, others left', told: false },
  { title: 'Second attempt, no worker left', attempts: 'second, none left', told: false },
  { title: 'First attempt, the worker was already told once', attempts: 'first', told: true },
] as const;
type Situation = (typeof SITUATIONS)[number];

/** Rules that send the work back once before they ask. */
const TOLD_ONCE = ['blocking-counter-signal', 'tests-weakened', 'audit-blocks', 'check-changed-files'];

/** A verdict in one cell. `.` is to proceed. */
function cell(verdict: Verdict): string {
  if (verdict.kind === 'proceed') return '.';
  const to = verdict.kind === 'escalate' ? ` to ${verdict.to}` : '';
  return `**${verdict.kind}${to}** ${verdict.reasons[0]?.rule}`;
}

function decide(stage: Stage, situation: Situation, replaced: Parameters<typeof goodSignals>[0]): string {
  const gate = request(stage, { earlier: situation.told ? TOLD_ONCE.map(sentBack) : [] });
  const attempts = variant('attempts', situation.attempts);
  return cell(evaluateGate(gate, goodSignals({ attempts, ...replaced }), POLICY));
}

function table(situation: Situation): string[] {
  const rows = KINDS.flatMap((kind) => {
    const names = Object.keys(VARIANTS[kind]);
    const polarities: readonly (readonly [string, readonly Signal[]])[] = [
      ...names.map((name) => [name, variant(kind, name)] as const),
      ['absent', []],
    ];
    return polarities.map(([name, signals]) => ({ kind, name, signals }));
  });
  return rows.map(({ kind, name, signals }) => {
    const cells = STAGES.map((stage) => decide(stage, situation, { [kind]: signals }));
    return `| ${kind} | ${name} | ${cells.join(' | ')} |`;
  });
}

function document(): string {
  const head = [`| signal | polarity | ${STAGES.join(' | ')} |`, `|---|---|${STAGES.map(() => '---|').join('')}`];
  const [first, ...others] = SITUATIONS.map((situation) => ({ title: situation.title, rows: table(situation) }));
  const whole = first === undefined ? [] : [`## ${first.title}`, '', ...head, ...first.rows, ''];
  const changed = others.flatMap(({ title, rows }) => {
    const different = rows.filter((row) => !first?.rows.includes(row));
    return [`## ${title}`, '', 'Only the rows that differ from the first table.', '', ...head, ...different, ''];
  });
  return [
    '# What each gate decides',
    '',
    'One signal at a time is set to the polarity of its row while all others are good; the cell is the verdict of the gate after that',
    'stage and the rule that decided. `.` is to proceed. Written by `UPDATE=1 mocha test/core/gates/matrix.test.ts`.',
    '',
    ...whole,
    ...changed,
  ].join('\n');
}

describe('the matrix of gates', () => {
  const golden = new URL('../../scenarios/gates/matrix.md', import.meta.url);

  it('decides every stage, signal and polarity as the golden table says', async () => {
    const actual = document();
    if (process.env['UPDATE'] === '1') await writeFile(golden, actual);
    assert.equal(actual, await readFile(golden, 'utf8'));
  });

  it('proceeds at every stage when all is well, and at none when it was told nothing', () => {
    const good = STAGES.map((stage) => evaluateGate(request(stage), goodSignals(), POLICY).kind);
    const nothing = STAGES.map((stage) => evaluateGate(request(stage), [], POLICY).kind);
    assert.deepEqual(
      good,
      STAGES.map(() => 'proceed'),
    );
    assert.deepEqual(
      nothing,
      STAGES.map(() => 'stop'),
    );
  });
});
