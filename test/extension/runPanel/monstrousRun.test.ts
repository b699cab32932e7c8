import assert from 'node:assert/strict';
import type { RunEvent } from '../../../src/core/run/event.ts';
import { cellSchemas, kindOfCell } from '../../../src/protocol/runPanel.ts';
import { event, foldedCells, HERE } from './foldedCells.ts';

describe('a monstrous run', () => {
  const long = '😀'.repeat(3_000);
  const longFacts = {
    magnitude: 'critical' as const,
    resolvability: 'need-human' as const,
    confidence: 1,
    suggestion: long,
    citation: { document: 'constitution' as const, quote: long },
    why: long,
  };
  const many = Array.from({ length: 200 }, (_, index) => `${index} ${long.slice(0, 1_000)}`);
  const hash = 'a'.repeat(64);
  const tree = 'b'.repeat(40);
  const blob = { sha256: hash, bytes: 1 };
  const key = (text: string) => `implement/T1/1/${text}${long}`;
  const reasons = many.map((text) => ({ rule: text, text: long, signal: 99 }));
  const signal = { kind: 'scope', outside: many };
  const events: readonly RunEvent[] = [
    event('RunStart', {
      version: 1,
      runId: long,
      specId: long,
      specFolder: long,
      title: long,
      size: 'standard',
      baseCommit: tree,
      inputs: [],
      program: '',
    }),
    event('StageTransition', { key: 'plan/1/done', stage: 'plan', to: 'done', text: long }),
    ...many.slice(0, 30).map((worker) =>
      event('LLMCall', {
        key: 'plan/1/plan/x',
        attempt: 1,
        stage: 'plan',
        role: 'architect',
        worker: worker + long,
        model: long,
        provider: long,
        local: false,
        recorded: false,
        promptHash: hash,
        prompt: blob,
        answer: blob,
        requestBytes: 1,
        outcome: long,
        usage: null,
        durationMs: 1,
        firstTokenMs: null,
      }),
    ),
    event('LLMCall', {
      key: 'tasks/1/tasks/x',
      attempt: 1,
      stage: 'tasks',
      role: 'architect',
      worker: 'x',
      model: long,
      provider: long,
      local: false,
      recorded: false,
      promptHash: hash,
      prompt: null,
      answer: { sha256: 'c'.repeat(64), bytes: 1 },
      requestBytes: 1,
      outcome: long,
      usage: null,
      durationMs: 1,
      firstTokenMs: null,
    }),
    event('RoutingDecision', {
      key: key('route-1'),
      stage: 'implement',
      role: 'implementer',
      worker: long,
      rung: 0,
      reasons,
      refused: many.map((worker) => ({ worker, rule: long, text: long })),
    }),
    event('StepStart', { key: key('turn'), attempt: 1, effect: 'model', inputs: {}, because: 'first', changed: [] }),
    ...many.slice(0, 60).map((text) =>
      event('PatchApply', {
        key: key(text),
        task: 'T1',
        worker: long,
        outcome: 'applied',
        files: many,
        hunks: 1,
        text: long,
        before: tree,
        after: tree,
      }),
    ),
    event('EvidenceRecord', {
      key: 'check/x/y',
      check: long,
      checkKind: 'test',
      command: long,
      tree,
      outcome: 'failed',
      exitCode: 1,
      output: blob,
      changedTrackedFiles: [],
      on: 'proposal',
    }),
    event('Signal', { key: 's', stage: 'implement', signal }),
    event('Signal', { key: 'broken', stage: 'implement', signal: { kind: 'nothing known' } }),
    event('GateDecision', {
      key: key('gate'),
      stage: 'implement',
      verdict: 'retry',
      to: long,
      reasons,
      signals: [...many.map(() => 's'), 'broken', 'never noted'],
    }),
    event('QuestionAsk', {
      key: 'question/Q1',
      id: 'Q1',
      stage: 'plan',
      text: long,
      options: many,
      about: long,
      facts: longFacts,
    }),
    event('QuestionSettle', {
      key: 'plan/1/clarify/plan-c1',
      id: 'R1',
      stage: 'plan',
      text: long,
      about: long,
      facts: longFacts,
      by: 'model',
      answer: long,
      worker: long,
      rule: long,
      why: long,
    }),
    event('QuestionAnswer', { id: 'Q1', answer: long, by: long }),
    event('ProposalCreate', {
      key: 'unlock/1/proposal',
      round: 1,
      base: tree,
      tree,
      evidence: tree,
      content: blob,
      files: many.map((path) => ({ path, change: 'added' as const, sha256: hash })),
      brief: { sha256: 'd'.repeat(64), bytes: 1 },
      commitMessage: long,
    }),
    event('RunEnd', { outcome: 'proposed', stage: 'unlock', text: long, tree: null }),
  ];
  const answer = (value: unknown): string => JSON.stringify({ text: JSON.stringify(value), toolCalls: [] });
  const step = { title: long, success_signal: long, requirements: many };
  const plan = {
    summary: long,
    files: many.map((path) => ({ path, action: long, why: long })),
    steps: Array.from({ length: 30 }, () => step),
    risks: many.slice(0, 100).map((risk) => ({ risk, mitigation: risk })),
    confidence: 'high',
  };
  const tasks = {
    tasks: ['T1', 'T2', long].map((id) => ({ id, title: long, requirements: many, files: many, depends_on: many })),
  };

  it('is shown within the caps of the schema and of a message', () => {
    const cells = foldedCells(HERE, { [hash]: answer(plan), ['c'.repeat(64)]: answer(tasks), ['d'.repeat(64)]: long });
    for (const next of events) cells.take(next);
    cells.run.document({ name: 'plan.md', path: long, markdown: 'ä'.repeat(100_000) });
    cells.run.progress({ kind: 'call', role: 'architect', worker: long, characters: 1 }, 0);
    for (let time = 0; time < 9; time += 1) cells.run.progress({ kind: 'text', role: 'architect', text: long }, 0);
    cells.run.facts({ ...HERE, stale: { text: long, stages: [] } });
    cells.settle();
    for (const [cell, value] of cells.shown) {
      const kind = kindOfCell(cell);
      assert.ok(kind !== undefined && cell.length <= 400, cell);
      const parsed = cellSchemas[kind].safeParse(value);
      assert.ok(parsed.success, `${cell}: ${JSON.stringify(parsed.error?.issues)}`);
    }
    assert.deepEqual(
      [...cells.shown.keys()].filter((cell) => cell.startsWith('task/')),
      ['task/T1', 'task/T2'],
    );
    const { largest } = cells.sent;
    assert.ok(largest <= 256 * 1024 + 200, `${largest} bytes`);
  });
});
