import type { Place } from '../../src/protocol/place.ts';
import type {
  AttemptCell,
  CallCell,
  Cell,
  CellKey,
  CellKind,
  PlanCell,
  RunHead,
  StageCell,
} from '../../src/protocol/runPanel.ts';
import { STAGE_NAMES } from '../../src/protocol/runPanel.ts';

/** A panel's cells in the order in which they are sent. */
export type Cells = readonly (readonly [CellKey, unknown])[];

/** The instant at which every fixture is looked at. */
export const NOW = Date.parse('2026-11-20T10:02:41Z');

/** An instant so many seconds before NOW. */
export const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

export const blob = (title: string): Place => ({ kind: 'blob', sha256: 'a'.repeat(64), bytes: 2_048, title });

/** A cell whose value is checked against its kind. */
export const cell = <Kind extends CellKind>(
  key: Kind | `${Kind}/${string}`,
  value: Cell<Kind>,
): readonly [CellKey, unknown] => [key, value];

export const head = (changes: Partial<RunHead>): readonly [CellKey, unknown] =>
  cell('head', {
    runId: '20261120T100000-1',
    specId: 'SPEC-012',
    title: 'Rate limit per API key',
    size: 'standard',
    state: 'working',
    text: '',
    stage: 'implement',
    startedAt: ago(161),
    endedAt: null,
    owner: 'here',
    stale: null,
    settled: 41_200,
    reserved: 0,
    inDoubt: 0,
    budget: 2_000_000,
    inputTokens: 18_400,
    outputTokens: 3_120,
    cachedTokens: 9_800,
    calls: 7,
    recordedCalls: 0,
    ...changes,
  });

const MADE: Readonly<Record<string, Partial<StageCell>>> = {
  specify: { text: 'brief from 14 sources', workers: ['sonnet'], startedAt: ago(160), endedAt: ago(158) },
  plan: {
    text: 'confidence 0.86, 7 of 7 requirements covered',
    workers: ['sonnet'],
    microdollars: 21_000,
    startedAt: ago(158),
    endedAt: ago(149),
  },
  tasks: {
    text: '5 tasks in 3 waves',
    workers: ['sonnet'],
    microdollars: 8_200,
    startedAt: ago(149),
    endedAt: ago(145),
  },
  implement: {
    text: 'T2 of 5',
    workers: ['reflex', 'haiku'],
    microdollars: 12_000,
    startedAt: ago(145),
    endedAt: ago(60),
  },
  validate: {
    text: '12 of 12 tests pass, every criterion has evidence',
    workers: ['checks'],
    startedAt: ago(60),
    endedAt: ago(40),
  },
  audit: { text: 'no blocking finding', workers: ['opus'], microdollars: 88_000, startedAt: ago(40), endedAt: ago(20) },
  unlock: { text: 'a person', startedAt: ago(20) },
};

/** The rail with everything before `present` done, and `present` in the given state. */
export function stages(present: RunHead['stage'], state: StageCell['state'], text?: string): Cells {
  const at = STAGE_NAMES.indexOf(present);
  return STAGE_NAMES.map((stage, index) =>
    cell(`stage/${stage}`, {
      stage,
      state: index < at ? 'done' : index === at ? state : 'waiting',
      text: '',
      workers: [],
      microdollars: 0,
      startedAt: null,
      endedAt: null,
      document: index < at ? { kind: 'file', path: `specs/SPEC-012-rate-limit/${stage}.md` } : null,
      ...(index <= at ? MADE[stage] : {}),
      ...(index === at ? { endedAt: state === 'done' || state === 'halted' ? ago(5) : null } : {}),
      ...(index === at && text !== undefined ? { text } : {}),
    }),
  );
}

export const WHOLE_PLAN: PlanCell = {
  isWhole: true,
  summary:
    'A token bucket per API key, in memory, in front of every handler under /v1. Limits come from the key’s own record.',
  confidence: 0.86,
  files: [
    { path: 'src/http/limit.ts', action: 'create', why: 'the bucket and its middleware' },
    { path: 'src/http/server.ts', action: 'modify', why: 'mounts the middleware before the handlers' },
    { path: 'test/limit.test.ts', action: 'create', why: 'a test for each criterion' },
  ],
  steps: [
    {
      title: 'Write the token bucket',
      text: 'Refill by elapsed time, never by a timer.',
      requirements: ['FR-1', 'FR-2'],
    },
    {
      title: 'Put the middleware before the handlers',
      text: '429 with Retry-After in whole seconds.',
      requirements: ['FR-3', 'FR-4'],
    },
    { title: 'Count refusals per key', text: '', requirements: ['FR-5', 'NFR-1'] },
  ],
  risks: ['Several processes do not share a bucket: the limit holds per process.'],
};

const TASKS = [
  ['T1', 'Token bucket', [], ['FR-1', 'FR-2'], ['src/http/bucket.ts']],
  ['T2', 'Middleware that answers 429', ['T1'], ['FR-3', 'FR-4'], ['src/http/limit.ts', 'test/limit.test.ts']],
  ['T3', 'Limits from the key’s record', ['T1'], ['FR-2'], ['src/keys.ts']],
  ['T4', 'Count refusals', ['T2'], ['FR-5'], ['src/metrics.ts']],
  ['T5', 'Document the headers', ['T2', 'T3'], ['NFR-1'], ['docs/limits.md']],
] as const;

/** The tasks, so many of them done and the next in the given state. */
export const tasks = (done: number, next: 'running' | 'failed' | 'waiting'): Cells =>
  TASKS.map(([id, title, dependsOn, requirements, files], index) =>
    cell(`task/${id}`, {
      id,
      title,
      state: index < done ? 'done' : index === done ? next : 'waiting',
      requirements: [...requirements],
      files: [...files],
      dependsOn: [...dependsOn],
    }),
  );

export const attempt = (
  changes: Partial<AttemptCell> & { task: string; number: number },
): readonly [CellKey, unknown] =>
  cell(`attempt/${changes.task}/${changes.number}`, {
    worker: 'reflex',
    state: 'passed',
    patches: [
      {
        outcome: 'applied',
        text: '2 of 2 hunks',
        files: ['src/http/limit.ts', 'test/limit.test.ts'],
        place: { kind: 'patch', key: `implement/${changes.task}/${changes.number}/patch`, path: 'src/http/limit.ts' },
      },
    ],
    checks: [{ name: 'npm test', outcome: 'passed', output: blob('npm test') }],
    startedAt: ago(40),
    endedAt: ago(38.2),
    price: 'local',
    ...changes,
  });

const CALLS: readonly (readonly [string, Partial<CallCell>])[] = [
  ['plan/1/plan', { stage: 'plan', role: 'architect', worker: 'sonnet', price: '$0.0210', cachedTokens: 1_100 }],
  ['plan/1/critic', { stage: 'plan', role: 'critic', worker: 'luna', price: 'included' }],
  ['implement/T1/1/turn-1', { task: 'T1', mode: 'reflex', price: 'local' }],
  ['implement/T2/1/turn-1', { task: 'T2', mode: 'reflex', price: 'local', cachedTokens: 3_900 }],
  ['implement/T2/1/turn-2', { task: 'T2', worker: 'house', price: 'unpriced' }],
  ['implement/T2/1/turn-3', { task: 'T2', worker: 'haiku', state: 'inDoubt', price: 'in doubt, up to $0.0140' }],
  ['implement/T2/1/turn-4', { task: 'T2', worker: 'haiku', state: 'released', price: 'not paid' }],
  [
    'implement/T2/2/turn-1',
    { task: 'T2', mode: 'cloud', worker: 'haiku', state: 'calling', price: 'up to $0.0300', endedAt: null },
  ],
];

/** Calls of a model, the last of them on its way. */
export const calls: Cells = CALLS.map(([key, changes]) =>
  cell(`call/1/${key}`, {
    stage: 'implement',
    task: null,
    role: 'implementer',
    worker: 'reflex',
    state: 'settled',
    price: '',
    outcome: 'stop',
    inputTokens: 4_120,
    outputTokens: 1_204,
    cachedTokens: 0,
    startedAt: ago(9),
    endedAt: ago(6.8),
    ...changes,
  }),
);

/** What the patch of an attempt at T2 changed. */
export const changeOf = (number: number): readonly [CellKey, unknown] =>
  cell(`diff/implement/T2/${number}/patch`, {
    files: [
      {
        path: 'src/http/limit.ts',
        lines: [
          '@@ -12,5 +12,6 @@',
          ' export function limit(request: Request): Response | undefined {',
          '-  const bucket = buckets.get(request.key);',
          '+  const bucket = buckets.get(request.key) ?? create(request.key);',
          '+  bucket.refill(now());',
          '   if (bucket.take()) return undefined;',
          " return tooMany(Math.ceil(bucket.waitMs() / 1000), 'a line that is so long that nobody would want to see all of it at once in a narrow panel');",
        ],
      },
    ],
    isCut: true,
  });

export const FAILED_FIRST = attempt({
  task: 'T2',
  number: 1,
  state: 'failed',
  checks: [
    { name: 'npm run types', outcome: 'passed', output: blob('npm run types') },
    { name: 'npm test', outcome: 'failed', output: blob('npm test') },
  ],
});

export const verdict = (
  key: string,
  stage: RunHead['stage'],
  changes: Partial<Cell<'verdict'>>,
): readonly [CellKey, unknown] =>
  cell(`verdict/${key}`, {
    key,
    stage,
    decision: 'proceed',
    to: null,
    at: ago(30),
    reasons: [{ rule: 'checks-green', text: 'every check of the project passed on this tree', signal: 0 }],
    signals: [
      { text: 'npm test exited with 0', place: blob('npm test') },
      {
        text: 'the patch stays inside the plan’s 3 files',
        place: { kind: 'patch', key: 'implement/T2/2/patch', path: 'src/http/limit.ts' },
      },
      { text: 'risk low: 2 files', place: null },
    ],
    ...changes,
  });

export const RETRY = verdict('implement/T2/1', 'implement', {
  decision: 'retry',
  reasons: [
    { rule: 'checks-green', text: 'npm test failed on this tree', signal: 0 },
    { rule: 'attempts-left', text: 'one of two attempts is left before the router climbs', signal: null },
  ],
  signals: [
    { text: 'npm test exited with 1: limit.test.ts:41', place: blob('npm test') },
    { text: 'the patch stays inside the plan’s 3 files', place: null },
  ],
});

export const ROUTING = cell('routing', {
  worker: 'reflex',
  role: 'implementer',
  reasons: ['healthy 145 ms', 'bake-off passed 11-18 (91 % parity)', 'risk low: 2 files'],
  passedOver: [{ worker: 'sonnet', why: 'dearer, and nothing speaks against reflex yet' }],
});

const STEPS: readonly (readonly [string, string, Place | null])[] = [
  ['StageTransition', 'plan began', null],
  ['LLMCall', 'architect asked sonnet: 4,120 tokens in, 1,204 out', blob('prompt')],
  ['GateDecision', 'plan: proceed', null],
  [
    'PatchApply',
    'T2 attempt 1: 2 of 2 hunks',
    { kind: 'patch', key: 'implement/T2/1/patch', path: 'src/http/limit.ts' },
  ],
  ['ToolResult', 'npm test exited with 1', blob('npm test')],
];

export const LINES: Cells = STEPS.map(([kind, text, place], index) =>
  cell(`line/${index + 1}`, {
    seq: index + 1,
    at: ago(150 - index * 20),
    kind,
    text,
    place,
    ...(kind === 'LLMCall' ? { price: '$0.0210' } : {}),
  }),
);

export const NOTES: Cells = [
  cell('guidance/N1', { id: 'N1', text: 'Keep the bucket in its own file.', about: 'T1', by: 'mika', isTaken: true }),
  cell('guidance/N2', {
    id: 'N2',
    text: 'Retry-After in whole seconds, please.',
    about: null,
    by: 'mika',
    isTaken: false,
  }),
];

const BRIEF = `Does      Requests under /v1 are limited per API key; beyond the limit the answer is 429 with Retry-After.
Changes   3 files, 104 lines: src/http/limit.ts, src/http/server.ts, test/limit.test.ts
Checked   test, types passed on exactly this tree; new tests fail without the change
Unchecked no test of their own is named for AC-4, AC-5
Risk      src/http/limit.ts: behaviour with several processes
Risk      src/http/server.ts: the limit is read once at the start`;

export const proposal = (state: Cell<'proposal'>['state']): readonly [CellKey, unknown] =>
  cell('proposal', {
    round: 1,
    state,
    brief: BRIEF,
    commitMessage: 'Limit requests per API key\n\nA token bucket in memory in front of every handler under /v1.',
    files: [
      {
        path: 'src/http/limit.ts',
        change: 'added',
        hunks: 1,
        approved: state === 'applied' ? 1 : 0,
        rejected: 0,
        voided: 0,
      },
      {
        path: 'src/http/server.ts',
        change: 'modified',
        hunks: 3,
        approved: state === 'applied' ? 3 : 1,
        rejected: 0,
        voided: state === 'waiting' ? 1 : 0,
      },
      {
        path: 'src/http/oldLimit.ts',
        change: 'deleted',
        hunks: 1,
        approved: state === 'applied' ? 1 : 0,
        rejected: 0,
        voided: 0,
      },
    ],
  });

export const DOCUMENTS: Cells = [
  cell('document/specify', {
    name: 'task_brief.md',
    markdown:
      '# Task brief\n\nLimit requests per API key.\n\n| id | requirement |\n|---|---|\n| FR-1 | a bucket per key |\n| FR-3 | 429 beyond it |\n\nSee [the plan](specs/SPEC-012-rate-limit/plan.md#L12) and [RFC 6585](https://www.rfc-editor.org/rfc/rfc6585).',
  }),
  cell('document/audit', {
    name: 'audit.md',
    markdown:
      '## Findings\n\n1. Note: the limit holds per process ([limit.ts](src/http/limit.ts#L20)).\n\nNo blocking finding.',
  }),
];
