import { ago, attempt, blob, cell, type Cells, head, verdict } from './sampleRun.ts';

/*
 * The worst panel that the caps allow: thousands of cells, words without a break, text from right to left, and an attack in every text.
 */

const ATTACK =
  '<script>window.attacked = 1</script><img src=x onerror="window.attacked = 1"> [link](javascript:window.attacked=1) ![picture](https://example.invalid/p.png) <a href="javascript:window.attacked=1">x</a>';
const LONG_WORD = 'unbroken'.repeat(36);
const RIGHT_TO_LEFT = 'مرحبا بالعالم، هذا نص من اليمين إلى اليسار';
/** Each kind of bad text, cut to a field's cap. */
const bad = (index: number, most: number): string =>
  ([ATTACK, LONG_WORD, RIGHT_TO_LEFT][index % 3] ?? '').slice(0, most);
const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

const STAGES = ['specify', 'plan', 'tasks', 'implement', 'validate', 'audit', 'unlock'] as const;

export const huge: Cells = [
  head({
    specId: LONG_WORD.slice(0, 100),
    title: `${ATTACK} ${LONG_WORD}`.slice(0, 300),
    text: bad(0, 2_000),
    stale: bad(2, 500),
    budget: 1,
    settled: 99_999_999_999,
  }),
  ...STAGES.map((stage, index) =>
    cell(`stage/${stage}`, {
      stage,
      state: index < 3 ? 'done' : index === 3 ? 'running' : 'waiting',
      text: bad(index, 500),
      workers: times(20, (worker) => bad(worker, 100)),
      microdollars: 123_456_789,
      startedAt: ago(90_000),
      endedAt: null,
      document: { kind: 'file', path: LONG_WORD },
    }),
  ),
  cell('now', {
    stage: 'implement',
    task: LONG_WORD.slice(0, 200),
    doing: bad(0, 300),
    worker: bad(1, 100),
    since: ago(9_000),
    beatAt: ago(4_000),
    characters: 99_999_999,
  }),
  cell('stream', {
    role: 'implementer',
    worker: bad(1, 100),
    text: `${ATTACK}\n${LONG_WORD}\n`.repeat(70).slice(0, 40_000),
  }),
  cell('notice', { at: ago(1), text: bad(0, 2_000) }),
  cell('plan', {
    isWhole: true,
    summary: bad(0, 4_000),
    confidence: 0.5,
    files: times(200, (index) => ({ path: bad(index, 1_000), action: 'modify', why: bad(index + 1, 1_000) })),
    steps: times(100, (index) => ({
      title: bad(index, 500),
      text: bad(index + 1, 2_000),
      requirements: times(60, (at) => `FR-${at}`),
    })),
    risks: times(40, (index) => bad(index, 1_000)),
  }),
  ...times(100, (index) =>
    cell(`task/T${index}`, {
      id: `T${index}`,
      title: bad(index, 300),
      state: index < 50 ? 'done' : 'waiting',
      requirements: times(60, (at) => `FR-${at}`),
      files: times(60, (at) => bad(at, 1_000)),
      dependsOn: index === 0 ? ['T99'] : [`T${index - 1}`],
    }),
  ),
  ...times(100, (index) =>
    attempt({
      task: `T${index % 4}`,
      number: index,
      worker: bad(index, 100),
      state: 'failed',
      patches: times(10, (at) => ({
        outcome: 'refused',
        text: bad(at, 500),
        files: times(4, (file) => bad(file, 1_000)),
        place: null,
      })),
      checks: times(10, (at) => ({ name: bad(at, 100), outcome: 'failed', output: blob(bad(at, 200)) })),
    }),
  ),
  ...times(100, (index) =>
    cell(`call/1/${index}`, {
      stage: 'implement',
      task: `T${index}`,
      role: 'implementer',
      worker: bad(index, 100),
      state: 'settled',
      price: bad(index, 60),
      outcome: bad(index, 60),
      inputTokens: 99_999_999,
      outputTokens: 99_999_999,
      cachedTokens: 99_999_999,
      startedAt: ago(90_000),
      endedAt: ago(10),
    }),
  ),
  ...times(100, (index) =>
    verdict(`implement/T1/${index}`, 'implement', {
      decision: 'stop',
      to: bad(index, 100),
      reasons: times(50, (at) => ({ rule: bad(at, 100), text: bad(at + 1, 500), signal: at })),
      signals: times(50, (at) => ({ text: bad(at, 500), place: blob(bad(at, 200)) })),
    }),
  ),
  ...times(20, (index) =>
    cell(`question/Q${index}`, {
      id: `Q${index}`,
      stage: 'plan',
      text: bad(index, 2_000),
      options: times(4, (at) => `${at} ${bad(at, 290)}`),
      answer: index > 1 ? bad(index, 4_000) : null,
      facts: {
        magnitude: 'critical',
        suggestion: bad(index, 2_000),
        citation: { document: 'constitution', quote: bad(index, 1_000) },
        why: bad(index, 1_000),
      },
    }),
  ),
  cell('routing', {
    worker: bad(1, 100),
    role: 'implementer',
    reasons: times(20, (at) => bad(at, 500)),
    passedOver: times(20, (at) => ({ worker: bad(at, 100), why: bad(at, 500) })),
  }),
  cell('proposal', {
    round: 3,
    state: 'waiting',
    brief: `# ${ATTACK}\n\n${LONG_WORD}\n\n${RIGHT_TO_LEFT}\n\n\`\`\`\n${LONG_WORD}\n\`\`\``.slice(0, 8_000),
    commitMessage: bad(0, 4_000),
    files: times(500, (index) => ({
      path: `${index}/${bad(index, 990)}`,
      change: 'modified' as const,
      hunks: 9,
      approved: 3,
      rejected: 3,
      voided: 2,
    })),
  }),
  ...times(50, (index) =>
    cell(`guidance/N${index}`, {
      id: `N${index}`,
      text: bad(index, 2_000),
      about: bad(index, 300),
      by: bad(index, 100),
      isTaken: index % 2 === 0,
    }),
  ),
  cell('document/specify', {
    name: 'task_brief.md',
    markdown: `# ${ATTACK}\n\n${ATTACK}\n\n${LONG_WORD}\n\n${RIGHT_TO_LEFT}\n\n`.repeat(80).slice(0, 60_000),
  }),
  // Far more lines than are kept: the oldest go.
  ...times(5_000, (index) =>
    cell(`line/${index}`, {
      seq: index,
      at: ago(5_000 - index),
      kind: bad(index, 40),
      text: bad(index, 500),
      place: index % 2 === 0 ? blob('x') : null,
    }),
  ),
];
