import { huge } from './huge.ts';
import {
  ago,
  attempt,
  calls,
  cell,
  type Cells,
  DOCUMENTS,
  changeOf,
  FAILED_FIRST,
  head,
  LINES,
  NOTES,
  proposal,
  RETRY,
  ROUTING,
  stages,
  tasks,
  verdict,
  WHOLE_PLAN,
} from './sampleRun.ts';

const plan = cell('plan', WHOLE_PLAN);

const RUNNING: Cells = [
  head({ reserved: 30_000 }),
  ...stages('implement', 'running'),
  plan,
  ...DOCUMENTS.slice(0, 1),
  ...tasks(1, 'running'),
  attempt({ task: 'T1', number: 1 }),
  FAILED_FIRST,
  changeOf(2),
  attempt({
    task: 'T2',
    number: 2,
    state: 'running',
    checks: [{ name: 'npm test', outcome: 'running', output: null }],
    startedAt: ago(3),
    endedAt: null,
  }),
  verdict('plan', 'plan', {}),
  RETRY,
  ROUTING,
  cell('now', {
    stage: 'implement',
    task: 'T2',
    doing: 'running npm test',
    worker: 'reflex',
    since: ago(3),
    beatAt: ago(1),
    characters: 1_840,
  }),
  cell('stream', {
    role: 'implementer',
    worker: 'reflex',
    text: 'The failing test expects Retry-After in whole seconds.\n\n*** Update File: src/http/limit.ts\n@@ export function limit\n-  retryAfter: wait,\n+  retryAfter: Math.ceil(wait),\n',
  }),
  ...calls,
  ...LINES,
  ...NOTES,
];

const PLAN_STREAMING: Cells = [
  head({ stage: 'plan', settled: 22_400, calls: 2, cachedTokens: 0 }),
  ...stages('plan', 'running', ''),
  cell('plan', { ...WHOLE_PLAN, isWhole: false, confidence: null, steps: WHOLE_PLAN.steps.slice(0, 2), risks: [] }),
  ROUTING,
  cell('now', {
    stage: 'plan',
    task: null,
    doing: 'writing the plan',
    worker: 'sonnet',
    since: ago(14),
    beatAt: ago(14),
    characters: 912,
  }),
  cell('stream', {
    role: 'architect',
    worker: 'sonnet',
    text: '{"summary":"A token bucket per API key","steps":[{"title":"Write the token bucket"',
  }),
  ...LINES.slice(0, 2),
];

const QUESTION: Cells = [
  head({ stage: 'plan', state: 'question', owner: 'nobody', endedAt: ago(30), text: '2 questions are open' }),
  ...stages('plan', 'person'),
  plan,
  cell('question/Q1', {
    id: 'Q1',
    stage: 'plan',
    text: 'Should limits survive a restart?',
    options: ['In memory', 'Redis', 'Let the architect decide'],
    answer: null,
  }),
  cell('question/Q2', {
    id: 'Q2',
    stage: 'plan',
    text: 'Which header names the key?',
    options: [],
    answer: null,
    facts: {
      magnitude: 'critical',
      suggestion: 'Authorization, as a bearer token',
      citation: { document: 'constitution', quote: 'Keys are sent in the header Authorization and nowhere else.' },
      why: 'A key in another header would be logged. (critical, auto-fix, high confidence)',
    },
  }),
  cell('question/R1', {
    id: 'R1',
    stage: 'plan',
    text: 'How long is a window?',
    options: [],
    answer: 'One minute.',
    facts: {
      magnitude: 'important',
      suggestion: 'One minute.',
      citation: { document: 'spec', quote: 'at most 100 requests in any minute' },
      why: 'FR-2 says it.',
    },
    settled: 'model',
  }),
  cell('question/Q0', { id: 'Q0', stage: 'plan', text: 'Per key or per account?', options: [], answer: 'Per key.' }),
  verdict('plan', 'plan', {
    decision: 'ask',
    reasons: [{ rule: 'open-questions', text: '2 blocking questions are open', signal: 0 }],
    signals: [
      { text: 'Q1 and Q2 are open', place: { kind: 'file', path: 'specs/SPEC-012-rate-limit/clarifications.md' } },
    ],
  }),
  ...LINES.slice(0, 3),
];

const BEFORE_UNLOCK: Cells = [
  plan,
  ...tasks(5, 'waiting'),
  ...DOCUMENTS,
  attempt({ task: 'T1', number: 1 }),
  FAILED_FIRST,
  attempt({ task: 'T2', number: 2 }),
  ...LINES,
];

const PROPOSED: Cells = [
  head({ stage: 'unlock', state: 'proposed', owner: 'nobody', endedAt: ago(20), settled: 129_200 }),
  ...stages('unlock', 'person'),
  ...BEFORE_UNLOCK,
  proposal('waiting'),
  verdict('unlock', 'unlock', {
    decision: 'ask',
    reasons: [{ rule: 'person-unlocks', text: 'the change is a person’s to approve', signal: null }],
  }),
];

const FAILED: Cells = [
  head({
    state: 'failed',
    owner: 'nobody',
    endedAt: ago(5),
    text: 'The budget of $2.00 is reached: the next call would cost up to $0.14. Raise it in speckit.toml and continue.',
    settled: 1_912_000,
    reserved: 0,
    inDoubt: 14_000,
  }),
  ...stages('implement', 'halted', 'T2 failed twice'),
  plan,
  ...tasks(1, 'failed'),
  FAILED_FIRST,
  attempt({
    task: 'T2',
    number: 2,
    worker: 'haiku',
    state: 'failed',
    patches: [
      { outcome: 'refused', text: 'src/secrets.ts is outside of the plan', files: ['src/secrets.ts'], place: null },
    ],
    checks: [{ name: 'npm test', outcome: 'deadline', output: blobOf() }],
    price: '$0.0120, $0.0140 in doubt',
  }),
  RETRY,
  verdict('implement/T2/2', 'implement', {
    decision: 'escalate',
    to: 'sonnet',
    reasons: [{ rule: 'two-failures', text: 'two attempts failed', signal: 0 }],
    signals: [{ text: 'npm test took too long', place: blobOf() }],
  }),
  cell('notice', { at: ago(2), text: 'The run could not be continued: the budget is reached.' }),
  ...LINES,
];

function blobOf() {
  return { kind: 'blob', sha256: 'b'.repeat(64), bytes: 10, title: 'npm test' } as const;
}

const STALE: Cells = [
  head({
    state: 'paused',
    owner: 'nobody',
    endedAt: ago(60),
    stale: 'spec.md changed after the plan was made: going on makes the plan and what follows anew.',
  }),
  ...stages('implement', 'stale', 'made from an older spec.md'),
  plan,
  ...tasks(2, 'waiting'),
  attempt({ task: 'T1', number: 1 }),
  ...LINES,
];

const APPLIED: Cells = [
  head({
    stage: 'unlock',
    state: 'applied',
    owner: 'nobody',
    endedAt: ago(10),
    settled: 129_200,
    calls: 9,
    recordedCalls: 9,
  }),
  ...stages('unlock', 'done', 'approved by mika'),
  ...BEFORE_UNLOCK,
  proposal('applied'),
  verdict('unlock', 'unlock', {
    reasons: [{ rule: 'approved', text: 'a person approved these bytes', signal: 0 }],
    signals: [{ text: '3 files approved by mika', place: { kind: 'proposal' } }],
  }),
];

/** It stands at a limit in dollars that a person can lift. */
const AT_LIMIT: Cells = [
  head({
    state: 'blocked',
    owner: 'nobody',
    endedAt: ago(5),
    text: 'The spec’s $2.00 are spent or reserved.',
    settled: 1_998_000,
    reserved: 0,
    atLimit: true,
  }),
  ...stages('implement', 'halted', 'the limit is reached'),
  plan,
];

const FOLLOWED: Cells = RUNNING.map(([key, value]) => (key === 'head' ? head({ owner: 'elsewhere' }) : [key, value]));

/** Every state of the panel, by name. */
export const STATES = {
  running: RUNNING,
  planStreaming: PLAN_STREAMING,
  question: QUESTION,
  proposed: PROPOSED,
  failed: FAILED,
  atLimit: AT_LIMIT,
  stale: STALE,
  applied: APPLIED,
  followed: FOLLOWED,
  empty: [] as Cells,
  huge,
} as const;
export type StateName = keyof typeof STATES;
