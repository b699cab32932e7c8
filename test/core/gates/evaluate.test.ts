import assert from 'node:assert/strict';
import type { GatePolicy, GateRequest } from '../../../src/core/gates/context.ts';
import { gatePolicyOf } from '../../../src/core/gates/context.ts';
import { evaluateGate } from '../../../src/core/gates/evaluate.ts';
import { type Signal, signalSchema } from '../../../src/core/gates/signal.ts';
import { type Effect, REASON_CAP, type Verdict, verdictOf, verdictSchema } from '../../../src/core/gates/verdict.ts';
import { configurationSchema } from '../../../src/core/settings.ts';
import { check as toolTruth, goodSignals, POLICY, request, sentBack, variant } from './samples.ts';

/** The kind of a verdict, to whom it escalates, and its reasons but those that only say what is well. */
function check(gate: GateRequest, signals: readonly Signal[], expected: readonly string[], policy = POLICY): void {
  assert.deepEqual(inShort(evaluateGate(gate, signals, policy), gate), expected);
}

function inShort(verdict: Verdict, gate: GateRequest): readonly string[] {
  const to = verdict.kind === 'escalate' ? ` ${verdict.to}` : '';
  const quiet = new Set(evaluateGate(request(gate.stage), goodSignals(), POLICY).reasons.map(({ rule }) => rule));
  return [`${verdict.kind}${to}`, ...verdict.reasons.map(({ rule }) => rule).filter((rule) => !quiet.has(rule))];
}

const noChecks = { checks: [] } as const;
const failing = toolTruth('unit', { exitCode: 1, outcome: 'failed' });

describe('a gate over several signals', () => {
  it('lets the strictest decide and keeps the others as reasons', () => {
    const signals = goodSignals({
      toolTruth: [failing, toolTruth('build')],
      openQuestions: variant('openQuestions', 'blocking'),
      freshness: variant('freshness', 'stale'),
    });
    check(request('validate'), signals, ['stop', 'stale-evidence', 'open-questions', 'check-failed']);
  });

  it('says the whole verdict', () => {
    const signals = goodSignals({ openQuestions: variant('openQuestions', 'blocking') }).filter(
      ({ kind }) => kind === 'openQuestions' || kind === 'specLint',
    );
    const gate = request('specify');
    assert.deepEqual(evaluateGate(gate, [...signals, ...variant('constitution', 'kept')], POLICY), {
      kind: 'ask',
      questions: [{ id: 'Q1', text: 'Which time zone?' }],
      reasons: [
        { rule: 'open-questions', text: 'Blocking questions are open: Which time zone?', signal: 1 },
        { rule: 'constitution-kept', text: 'No rule of the constitution is broken.', signal: 2 },
        { rule: 'spec-sound', text: 'The spec has no errors.', signal: 0 },
      ],
    });
  });

  it('asks a person about a check that fails without the change as well, and climbs once they accepted it', () => {
    const broken = toolTruth('unit', { exitCode: 1, outcome: 'failed', failsWithoutChange: true });
    const signals = goodSignals({ toolTruth: [broken, toolTruth('build')] });
    check(request('implement'), signals, ['ask', 'check-fails-without-change', 'check-failed']);
    const asked = evaluateGate(request('implement'), signals, POLICY).reasons;
    const accepted = asked.filter(({ rule }) => rule === 'check-fails-without-change');
    check(request('implement', { accepted }), signals, [
      'retry',
      'check-failed',
      'accepted:check-fails-without-change',
    ]);
  });

  it('takes the worst of two counts of attempts', () => {
    const attempts = [...variant('attempts', 'first'), ...variant('attempts', 'second, none left')];
    const signals = goodSignals({ attempts, toolTruth: [failing, toolTruth('build')] });
    check(request('implement'), signals, ['escalate person', 'check-failed']);
  });

  it('sends an attempt without a patch back, though no check has run', () => {
    const signals = goodSignals({ patchApplied: variant('patchApplied', 'does not apply'), toolTruth: [] });
    check(request('implement'), signals, ['retry', 'patch-refused']);
  });

  it('holds a claim of confidence against failing tests as nothing', () => {
    const signals = goodSignals({
      ownerConfidence: [{ kind: 'ownerConfidence', role: 'implementer', worker: 'small', value: 1 }],
      toolTruth: [failing, toolTruth('build')],
    });
    check(request('implement'), signals, ['retry', 'check-failed']);
  });

  it('lets nothing through by a minimum that is not a number', () => {
    const policy: GatePolicy = { ...POLICY, minConfidence: Number.NaN };
    check(request('plan'), goodSignals(), ['escalate nextWorker', 'low-confidence'], policy);
  });
});

describe('a gate and the checks of a project', () => {
  it('asks at validate when there is no test and no compile check', () => {
    check(request('validate', noChecks), goodSignals({ toolTruth: [] }), ['ask', 'no-checks']);
    const lint = request('validate', { checks: [{ name: 'lint', checkKind: 'lint' }] });
    check(lint, goodSignals({ toolTruth: [toolTruth('lint', { checkKind: 'lint' })] }), ['ask', 'no-checks']);
  });

  it('says so at implement and goes on', () => {
    const verdict = evaluateGate(request('implement', noChecks), goodSignals({ toolTruth: [] }), POLICY);
    assert.deepEqual([verdict.kind, verdict.reasons.filter(({ rule }) => rule === 'no-checks').length], ['proceed', 1]);
  });

  it('asks for every configured check at validate, and for one of test or compile at implement', () => {
    const unitOnly = goodSignals({ toolTruth: [toolTruth('unit')] });
    check(request('implement'), unitOnly, ['proceed']);
    check(request('validate'), unitOnly, ['stop', 'missing-signal:toolTruth']);
  });

  it('does not miss a check that was not run after one failed', () => {
    check(request('validate'), goodSignals({ toolTruth: [failing] }), ['retry', 'check-failed']);
  });

  it('does not miss a check after one that has no result of its own', () => {
    const changed = toolTruth('unit', { changedTrackedFiles: ['src/a.ts'] });
    const elsewhere = toolTruth('unit', { treeHash: 'b'.repeat(40) });
    check(request('validate'), goodSignals({ toolTruth: [changed] }), ['retry', 'check-changed-files']);
    check(request('validate'), goodSignals({ toolTruth: [elsewhere] }), ['stop', 'stale-evidence']);
  });

  it('does not take a lint result for the missing test', () => {
    const lint = toolTruth('lint', { checkKind: 'lint' });
    check(request('implement'), goodSignals({ toolTruth: [lint] }), ['stop', 'missing-signal:toolTruth']);
  });
});

describe('a gate and what was tried before', () => {
  const weakened = goodSignals({ testIntegrity: variant('testIntegrity', 'weakened') });

  it('tells the implementer of weakened tests once, then asks', () => {
    check(request('implement'), weakened, ['retry', 'tests-weakened']);
    check(request('implement', { earlier: [sentBack('tests-weakened')] }), weakened, ['ask', 'tests-weakened']);
  });

  it('counts a telling on the way to the next worker, and not a question to a person', () => {
    const reasons = [{ rule: 'tests-weakened', text: 'told once' }];
    const climbed = { kind: 'escalate', to: 'nextWorker', reasons } as const;
    const asked = { kind: 'ask', questions: [{ id: 'Q1', text: 'Which?' }], reasons } as const;
    check(request('implement', { earlier: [climbed] }), weakened, ['ask', 'tests-weakened']);
    check(request('implement', { earlier: [asked] }), weakened, ['retry', 'tests-weakened']);
  });

  it('turns to a person when nobody counted the attempts', () => {
    const broken = goodSignals({ attempts: [], constitution: variant('constitution', 'broken') });
    check(request('audit'), broken, ['ask', 'constitution-conflict']);
  });

  it('does not count a telling for another reason', () => {
    check(request('implement', { earlier: [sentBack('check-failed')] }), weakened, ['retry', 'tests-weakened']);
  });

  it('sends a blocked audit back as often as the policy says', () => {
    const blocked = goodSignals({ audit: variant('audit', 'recommends block') });
    const twice = { ...POLICY, auditRetries: 2 };
    const never = { ...POLICY, auditRetries: 0 };
    const once = request('audit', { earlier: [sentBack('audit-blocks')] });
    check(once, blocked, ['ask', 'audit-blocks']);
    check(once, blocked, ['retry', 'audit-blocks'], twice);
    check(request('audit'), blocked, ['ask', 'audit-blocks'], never);
  });

  it('climbs after as many failures as the policy says', () => {
    const failed = goodSignals({
      toolTruth: [failing, toolTruth('build')],
      attempts: variant('attempts', 'second, others left'),
    });
    check(request('implement'), failed, ['retry', 'check-failed'], { ...POLICY, attemptsPerWorker: 3 });
    check(request('implement'), failed, ['escalate nextWorker', 'check-failed']);
  });
});

describe('a gate and people', () => {
  const objection = goodSignals({ counterSignal: variant('counterSignal', 'blocking') });
  const accepted = { rule: 'blocking-counter-signal', text: 'critic: R2 is contradicted' };

  it('goes on when a person accepted exactly this objection', () => {
    const gate = request('implement', { accepted: [accepted] });
    check(gate, objection, ['proceed', 'accepted:blocking-counter-signal']);
  });

  it('asks again when the objection reads otherwise', () => {
    const gate = request('implement', { accepted: [{ ...accepted, text: 'critic: R3 is contradicted' }] });
    check(gate, objection, ['ask', 'blocking-counter-signal']);
  });

  it('accepts a long objection by the text that was shown', () => {
    const message = 'x'.repeat(2_000);
    const long = goodSignals({
      counterSignal: [{ kind: 'counterSignal', source: 'critic', severity: 'blocking', message }],
    });
    const verdict = evaluateGate(request('implement'), long, POLICY);
    const shown = verdict.reasons[0];
    assert.ok(verdict.kind === 'ask' && shown !== undefined && shown.text.length === 500);
    assert.deepEqual(verdict.questions, [{ id: shown.rule, text: shown.text }]);
    check(request('implement', { accepted: [shown] }), long, ['proceed', 'accepted:blocking-counter-signal']);
  });

  it('cannot be told to accept failing checks, stale evidence, weakened tests, missing signals or an approval', () => {
    const broken = goodSignals({
      toolTruth: [failing, toolTruth('build')],
      freshness: variant('freshness', 'stale'),
      testIntegrity: variant('testIntegrity', 'weakened'),
      approval: variant('approval', 'by a worker, same bytes'),
      scope: [],
    });
    const before = evaluateGate(request('validate'), broken, POLICY);
    const after = evaluateGate(request('validate', { accepted: before.reasons }), broken, POLICY);
    assert.deepEqual(after, before);
  });

  it('goes on without checks when a person accepted that for this tree, not for another', () => {
    const signals = goodSignals({ toolTruth: [] });
    const gate = request('validate', noChecks);
    const asked = evaluateGate(gate, signals, POLICY).reasons.filter(({ rule }) => rule === 'no-checks');
    const other = { ...gate, treeHash: 'c'.repeat(40), accepted: asked };
    assert.equal(evaluateGate({ ...gate, accepted: asked }, signals, POLICY).kind, 'proceed');
    assert.equal(evaluateGate(other, signals, POLICY).kind, 'ask');
  });

  it('does not take a silent adviser for a content one', () => {
    const answered = request('plan', { advisers: [{ role: 'critic', answered: true }] });
    const silent = request('plan', { advisers: [{ role: 'critic', answered: false }] });
    check(answered, goodSignals({ counterSignal: [] }), ['proceed']);
    check(silent, goodSignals({ counterSignal: [] }), ['ask', 'adviser-silent']);
  });

  it('unlocks by a person alone, whatever a model recommends', () => {
    const unapproved = goodSignals({ approval: [] });
    check(request('unlock'), unapproved, ['ask', 'missing-signal:approval']);
    const local = goodSignals({ judge: variant('judge', 'local model'), approval: [] });
    check(request('unlock'), local, ['ask', 'local-judge', 'missing-signal:approval']);
    check(request('unlock'), goodSignals(), ['proceed']);
  });
});

describe('a verdict', () => {
  it('is the strictest of its findings', () => {
    const effects: readonly Effect[] = [
      { kind: 'proceed' },
      { kind: 'retry' },
      { kind: 'escalate', to: 'nextWorker' },
      { kind: 'escalate', to: 'person' },
      { kind: 'ask', questions: [{ id: 'Q1', text: 'Which?' }] },
      { kind: 'stop' },
    ];
    for (const [place, effect] of effects.entries()) {
      const findings = effects.slice(0, place + 1).map((each) => ({ effect: each, rule: each.kind, text: each.kind }));
      const { reasons, ...decided } = verdictOf(findings);
      assert.deepEqual([decided, reasons.length], [effect, place + 1]);
    }
  });

  it('of no findings is a stop', () => {
    assert.deepEqual(verdictOf([]), {
      kind: 'stop',
      reasons: [{ rule: 'nothing-weighed', text: 'The gate was given nothing to weigh.' }],
    });
  });

  it('keeps 50 reasons at most, one of every rule among them, and says how many it left out', () => {
    const advice = Array.from({ length: 80 }, (_, index): Signal => {
      return { kind: 'counterSignal', source: 'critic', severity: 'blocking', message: `point ${index}` };
    });
    const signals = goodSignals({ counterSignal: advice });
    const verdict = evaluateGate(request('implement'), signals, POLICY);
    const rules = new Set(
      goodSignals().flatMap(
        (_, index) => evaluateGate(request('implement'), goodSignals(), POLICY).reasons[index]?.rule ?? [],
      ),
    );
    rules.delete('advice');
    assert.equal(verdict.reasons.length, REASON_CAP);
    assert.deepEqual(
      [...rules].filter((rule) => !verdict.reasons.some((reason) => reason.rule === rule)),
      [],
    );
    const all = signals.length;
    assert.deepEqual(verdict.reasons.at(-1), {
      rule: 'more-reasons',
      text: `${all - (REASON_CAP - 1)} further reasons were left out.`,
    });
    assert.equal(verdict.kind === 'ask' && verdict.questions.length, 20);
    assert.deepEqual(verdictSchema.parse(verdict), verdict);
  });
});

describe('a signal', () => {
  it('is cut when it is parsed, and stays failing', () => {
    const scope = { kind: 'scope', outside: Array.from({ length: 300 }, () => 'é'.repeat(3_000)) };
    const parsed = signalSchema.parse(scope);
    assert.deepEqual(parsed, { kind: 'scope', outside: Array.from({ length: 200 }, () => 'é'.repeat(2_000)) });
    assert.deepEqual(signalSchema.parse(parsed), parsed);
  });

  it('is refused with a member it does not have', () => {
    const result = signalSchema.safeParse({ kind: 'freshness', stale: [], fresh: true });
    assert.equal(result.success, false);
  });

  it('reads back as it was written, in every variant that JSON can hold', () => {
    const signals = goodSignals();
    assert.deepEqual(
      signals.map((signal) => signalSchema.parse(JSON.parse(JSON.stringify(signal)))),
      signals,
    );
  });
});

describe('the least test coverage', () => {
  const without: GatePolicy = { ...POLICY, minTestCoverage: undefined };
  const told = (name: string) => goodSignals({ testCoverage: variant('testCoverage', name) });

  it('is asked for by nobody who did not set it', () => {
    for (const name of ['nothing covered', 'told by no check', 'not a number'])
      check(request('validate'), told(name), ['proceed', 'no-coverage-asked'], without);
    check(request('validate'), goodSignals({ testCoverage: [] }), ['proceed'], without);
  });

  it('lets nothing through when it is no number', () => {
    const policy = { ...POLICY, minTestCoverage: Number.NaN };
    check(request('validate'), told('all covered'), ['retry', 'coverage-below'], policy);
  });

  it('sends back with the figures, and goes to a person when that did not help', () => {
    const verdict = evaluateGate(request('validate'), told('just below it'), POLICY);
    assert.deepEqual(
      verdict.reasons.filter(({ rule }) => rule === 'coverage-below').map(({ text }) => text),
      ['Check unit reports 79.99 % of lines covered by tests (node --test). gates.min_test_coverage asks for 80 %.'],
    );
    const last = goodSignals({
      testCoverage: variant('testCoverage', 'just below it'),
      attempts: variant('attempts', 'second, none left'),
    });
    check(request('validate'), last, ['escalate person', 'coverage-below']);
  });

  it('says what to do where no check told it, in words that are not cut', () => {
    const reasons = evaluateGate(request('validate'), goodSignals({ testCoverage: [] }), POLICY).reasons;
    const text = reasons.find(({ rule }) => rule === 'coverage-unknown')?.text ?? '';
    assert.match(text, /^gates\.min_test_coverage asks for 80 %, .*node --test .* Then start a new run\.$/);
  });

  it('is not missed while a check fails, nor at another stage', () => {
    const signals = goodSignals({ testCoverage: [], toolTruth: [failing, toolTruth('build')] });
    check(request('validate'), signals, ['retry', 'check-failed']);
    for (const stage of ['implement', 'audit', 'unlock'] as const)
      check(request(stage), goodSignals({ testCoverage: [] }), ['proceed']);
  });
});

describe('the gate policy', () => {
  it('comes from the configuration', () => {
    const configuration = configurationSchema.parse({ gates: { min_confidence: 0.9, attempts_per_worker: 3 } });
    assert.deepEqual(gatePolicyOf(configuration, 'implement'), {
      minConfidence: 0.9,
      attemptsPerWorker: 3,
      minTestCoverage: undefined,
      auditRetries: 1,
    });
    const asking = configurationSchema.parse({ gates: { min_test_coverage: 80 } });
    assert.deepEqual(gatePolicyOf(asking, 'plan'), POLICY);
  });
});
