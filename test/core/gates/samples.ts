import type { GatePolicy, GateRequest } from '../../../src/core/gates/context.ts';
import type { Signal, SignalKind } from '../../../src/core/gates/signal.ts';
import type { Verdict } from '../../../src/core/gates/verdict.ts';
import type { Stage } from '../../../src/core/run/stage.ts';

export const TREE = 'a'.repeat(40);
export const POLICY: GatePolicy = { minConfidence: 0.75, attemptsPerWorker: 2, minTestCoverage: 80, auditRetries: 1 };

/** A request for a project with a test and a compile check, at its first attempt. */
export function request(stage: Stage, more: Partial<GateRequest> = {}): GateRequest {
  const checks = [
    { name: 'unit', checkKind: 'test' },
    { name: 'build', checkKind: 'compile' },
  ] as const;
  return { stage, treeHash: TREE, checks, advisers: [], earlier: [], accepted: [], ...more };
}

export function check(name: string, more: Partial<Extract<Signal, { kind: 'toolTruth' }>> = {}): Signal {
  return {
    kind: 'toolTruth',
    check: name,
    checkKind: name === 'build' ? 'compile' : 'test',
    exitCode: 0,
    outcome: 'passed',
    treeHash: TREE,
    evidenceId: `E-${name}`,
    changedTrackedFiles: [],
    ...more,
  };
}

type Variants = { readonly [Kind in SignalKind]: Readonly<Record<string, readonly Extract<Signal, { kind: Kind }>[]>> };
const one = <Item>(item: Item): readonly Item[] => [item];
const truth = (more: Partial<Extract<Signal, { kind: 'toolTruth' }>>) =>
  [check('unit', more), check('build')] as readonly Extract<Signal, { kind: 'toolTruth' }>[];
const confidence = (value: number) =>
  one({ kind: 'ownerConfidence', role: 'architect', worker: 'strong', value } as const);
const coverage = (subject: 'plan' | 'tasks', missing: string[], total: number) =>
  one({ kind: 'coverage', subject, missing, total } as const);
const tests = (failedOnBase: boolean | null, passedOnNew: boolean | null, files = ['test/a.test.ts']) =>
  one({ kind: 'newTests', required: true, files, failedOnBase, passedOnNew } as const);
const covered = (percent: number) =>
  one({
    kind: 'testCoverage',
    measured: { percent, of: 'lines', by: 'node --test', check: 'unit' },
  } as const);
const attempts = (failedHere: number, workersLeft: number) =>
  one({ kind: 'attempts', worker: 'small', failedHere, failedTotal: failedHere, workersLeft } as const);
const weakened = { rule: 'skipped-test', path: 'test/a.test.ts', line: 3, message: 'a test is skipped' };
const audit = (recommendation: 'unlock' | 'block', severity: 'advisory' | 'blocking') =>
  one<Extract<Signal, { kind: 'audit' }>>({
    kind: 'audit',
    recommendation,
    findings: [{ severity, message: 'input is not checked' }],
  });

/** Every kind of signal in every polarity. The first variant of a kind is the good one. */
export const VARIANTS: Variants = {
  ownerConfidence: {
    'at the minimum': confidence(0.75),
    'below the minimum': confidence(0.74),
    'not a number': confidence(Number.NaN),
    'above 1': confidence(1.01),
  },
  toolTruth: {
    'test and compile pass': truth({}),
    'test fails': truth({ exitCode: 1, outcome: 'failed' }),
    'test says passed with exit code 1': truth({ exitCode: 1 }),
    'test says passed without exit code': truth({ exitCode: null }),
    'test ran past its deadline': truth({ exitCode: null, outcome: 'deadline' }),
    'test was stopped': truth({ exitCode: null, outcome: 'stopped' }),
    'command not found': truth({ exitCode: 127, outcome: 'notFound' }),
    'test changed tracked files': truth({ changedTrackedFiles: ['src/a.ts'] }),
    'test ran on another tree': truth({ treeHash: 'b'.repeat(40) }),
    'only compile ran': one(check('build') as Extract<Signal, { kind: 'toolTruth' }>),
    'only lint ran': one(check('lint', { checkKind: 'lint' }) as Extract<Signal, { kind: 'toolTruth' }>),
  },
  patchApplied: {
    applies: one({ kind: 'patchApplied', ok: true }),
    'does not apply': one({ kind: 'patchApplied', ok: false, error: 'hunk 2 does not match' }),
  },
  scope: {
    inside: one({ kind: 'scope', outside: [] }),
    outside: one({ kind: 'scope', outside: ['src/other.ts'] }),
  },
  specLint: {
    'no errors': one({ kind: 'specLint', errors: [] }),
    errors: one({ kind: 'specLint', errors: ['no acceptance criteria'] }),
  },
  openQuestions: {
    none: one({ kind: 'openQuestions', blocking: [] }),
    blocking: one({ kind: 'openQuestions', blocking: [{ id: 'Q1', text: 'Which time zone?' }] }),
  },
  constitution: {
    kept: one({ kind: 'constitution', conflicts: [] }),
    broken: one({ kind: 'constitution', conflicts: [{ rule: 'G1', text: 'no network' }] }),
  },
  coverage: {
    'plan and tasks cover all': [...coverage('plan', [], 3), ...coverage('tasks', [], 3)],
    'plan leaves one out': [...coverage('plan', ['R2'], 3), ...coverage('tasks', [], 3)],
    'tasks leave one out': [...coverage('plan', [], 3), ...coverage('tasks', ['R2'], 3)],
    'nothing to cover': [...coverage('plan', [], 0), ...coverage('tasks', [], 0)],
    'plan only': coverage('plan', [], 3),
  },
  taskGraph: {
    sound: one({ kind: 'taskGraph', problems: [] }),
    broken: one({ kind: 'taskGraph', problems: ['T1 and T2 wait for each other'] }),
  },
  counterSignal: {
    advisory: one({ kind: 'counterSignal', source: 'critic', severity: 'advisory', message: 'a name could be better' }),
    blocking: one({ kind: 'counterSignal', source: 'critic', severity: 'blocking', message: 'R2 is contradicted' }),
  },
  testIntegrity: {
    intact: one({ kind: 'testIntegrity', findings: [], clearedByPerson: [] }),
    weakened: one({ kind: 'testIntegrity', findings: [weakened], clearedByPerson: [] }),
    'weakened, cleared by a person': one({ kind: 'testIntegrity', findings: [weakened], clearedByPerson: [weakened] }),
    'weakened, another file cleared': one({
      kind: 'testIntegrity',
      findings: [weakened],
      clearedByPerson: [{ rule: weakened.rule, path: 'test/b.test.ts' }],
    }),
  },
  testCoverage: {
    'at the minimum': covered(80),
    'just below it': covered(79.99),
    'all covered': covered(100),
    'nothing covered': covered(0),
    'not a number': covered(Number.NaN),
    'above 100': covered(100.01),
    'told by no check': one({ kind: 'testCoverage', measured: null }),
  },
  newTests: {
    'fail before and pass after': tests(true, true),
    'not needed': one({ kind: 'newTests', required: false, files: [], failedOnBase: null, passedOnNew: null }),
    'none added': tests(true, true, []),
    'pass before': tests(false, true),
    'fail after': tests(true, false),
    'not run before': tests(null, true),
    'not run after': tests(true, null),
  },
  criteria: {
    'all evidenced': one({ kind: 'criteria', unevidenced: [], total: 2 }),
    'one unevidenced': one({ kind: 'criteria', unevidenced: ['C1'], total: 2 }),
    'no criteria': one({ kind: 'criteria', unevidenced: [], total: 0 }),
  },
  freshness: {
    fresh: one({ kind: 'freshness', stale: [] }),
    stale: one({ kind: 'freshness', stale: ['E-unit'] }),
  },
  audit: {
    'recommends unlock': audit('unlock', 'advisory'),
    'recommends block': audit('block', 'advisory'),
    'recommends unlock with a blocking finding': audit('unlock', 'blocking'),
  },
  judge: {
    'cloud model': one({ kind: 'judge', local: false, person: false }),
    'local model': one({ kind: 'judge', local: true, person: false }),
    'local model and a person': one({ kind: 'judge', local: true, person: true }),
  },
  risk: {
    low: one({ kind: 'risk', level: 'low', reasons: [] }),
    high: one({ kind: 'risk', level: 'high', reasons: [{ rule: 'many-files', text: '9 files' }] }),
  },
  attempts: {
    first: attempts(0, 1),
    'second, others left': attempts(1, 1),
    'second, none left': attempts(1, 0),
    'not a count': attempts(Number.NaN, 1),
  },
  approval: {
    'by a person, same bytes': one({ kind: 'approval', by: 'person', bytesMatch: true }),
    'by a person, other bytes': one({ kind: 'approval', by: 'person', bytesMatch: false }),
    'by a worker, same bytes': one({ kind: 'approval', by: 'worker', bytesMatch: true }),
    'by the policy, same bytes': one({ kind: 'approval', by: 'policy', bytesMatch: true }),
  },
};

export const KINDS = Object.keys(VARIANTS) as readonly SignalKind[];

/** The signals of one variant of one kind. */
export function variant(kind: SignalKind, name: string): readonly Signal[] {
  const signals = (VARIANTS[kind] as Readonly<Record<string, readonly Signal[]>>)[name];
  if (signals === undefined) throw new Error(`${kind} has no variant ${name}`);
  return signals;
}

/** Every kind in its good variant, with some kinds replaced. */
export function goodSignals(replaced: Partial<Record<SignalKind, readonly Signal[]>> = {}): readonly Signal[] {
  return KINDS.flatMap((kind) => replaced[kind] ?? variant(kind, Object.keys(VARIANTS[kind])[0] ?? ''));
}

/** An earlier verdict that sent the work back for this rule. */
export function sentBack(rule: string): Verdict {
  return { kind: 'retry', reasons: [{ rule, text: 'told once' }] };
}
