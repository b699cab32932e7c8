import assert from 'node:assert/strict';
import path from 'node:path';
import { sha256 } from '../../../src/base/hash.ts';
import {
  standingOf,
  type Demotion,
  type FoundScorecard,
  type RoutedPolicy,
} from '../../../src/core/router/demotion.ts';
import { TOOL_NAMES } from '../../../src/core/agent/tools.ts';
import { demotionProblems } from '../../../src/core/router/demotionProblems.ts';
import { route } from '../../../src/core/router/route.ts';
import {
  agreementOf,
  outcomeOf,
  outcomeOfVerdicts,
  STAGE_PROMPTS,
  workerIdentity,
  type Outcome,
} from '../../../src/core/router/scorecard.ts';
import { configurationSchema } from '../../../src/core/settings.ts';
import { loadPrompts } from '../../../src/node/prompts.ts';
import { scorecard } from '../../support/scorecard.ts';

const cloud = { provider: 'anthropic' };
const POLICY = configurationSchema.parse({
  workers: {
    strong: { ...cloud, model: 'large' },
    stronger: { ...cloud, model: 'larger' },
    cheap: { ...cloud, model: 'small' },
  },
  routing: { architect: ['strong', 'stronger'] },
  demotions: { plan: { from: 'strong', to: 'cheap' } },
});
const identity = (worker: string): string => {
  const settings = POLICY.workers[worker];
  assert.ok(settings !== undefined);
  return workerIdentity(settings);
};
const DEMOTION: Demotion = {
  stage: 'plan',
  from: { worker: 'strong', identity: identity('strong') },
  to: { worker: 'cheap', identity: identity('cheap') },
  prompts: sha256('prompts'),
};

/** `8 equal, 1 better, 1 worse` as outcomes. */
const outcomes = (text: string): readonly Outcome[] =>
  text.split(', ').flatMap((part) => {
    const [number, outcome] = part.split(' ');
    return Array.from({ length: Number(number) }, () => outcome as Outcome);
  });

const card = (day: number, text: string, changed: Parameters<typeof scorecard>[1] = {}): FoundScorecard => ({
  file: `ab-plan-${day}.json`,
  sha256: sha256(text),
  card: scorecard(outcomes(text), {
    at: `2026-11-${String(day).padStart(2, '0')}T00:00:00.000Z`,
    a: DEMOTION.from.identity,
    b: DEMOTION.to.identity,
    prompts: DEMOTION.prompts,
    ...changed,
  }),
});

function check(cards: readonly FoundScorecard[], rule: string, text: RegExp, isEnabled = true): void {
  const standing = standingOf(DEMOTION, cards, isEnabled);
  assert.equal(standing.rule, rule, standing.text);
  assert.match(standing.text, text);
}

describe('the agreement of two workers', () => {
  const cases: readonly (readonly [string, number | null, number])[] = [
    ['0 equal', null, 0],
    ['3 not-compared', null, 0],
    ['9 equal, 1 worse', 0.9, 10],
    ['4 equal, 5 better, 1 worse, 5 not-compared', 0.9, 10],
    ['10 split', 0, 10],
    ['5 split, 5 better', 0.5, 10],
  ];
  for (const [given, agreement, compared] of cases)
    it(`of ${given} is ${agreement}`, () =>
      assert.deepEqual(agreementOf(outcomes(given).map((outcome) => ({ outcome }))), { agreement, compared }));

  const asked = (first: readonly [number, number], second: readonly [number, number]) =>
    outcomeOf(
      [['a', first] as const, ['b', second] as const].map(([order, [a, b]]) => ({
        first: order,
        judge: 'j',
        model: 'm',
        answer: sha256(''),
        scores: { a, b },
      })),
    );

  it('takes what both orders say, and a split for what only one of them does', () => {
    assert.deepEqual(
      [asked([7, 9], [6, 8]), asked([9, 7], [9, 1]), asked([8, 8], [5, 5])],
      ['better', 'worse', 'equal'],
    );
    assert.deepEqual(
      [asked([7, 9], [9, 7]), asked([8, 8], [8, 9]), asked([8, 8], [9, 8])],
      ['split', 'split', 'split'],
    );
  });

  it('is nothing for a judge that always prefers what it reads first', () => {
    const specs = Array.from({ length: 12 }, () => ({ outcome: asked([9, 5], [5, 9]) }));
    assert.deepEqual(agreementOf(specs), { agreement: 0, compared: 12 });
  });
});

describe('two verdicts on one change', () => {
  it('agree where they are the same, and are worse whichever way they differ', () => {
    const pairs = [
      ['unlock', 'unlock'],
      ['block', 'block'],
      ['block', 'unlock'],
      ['unlock', 'block'],
    ] as const;
    assert.deepEqual(
      pairs.map(([a, b]) => outcomeOfVerdicts(a, b)),
      ['equal', 'equal', 'worse', 'worse'],
    );
  });
});

describe('what is told at a stage', () => {
  it('is there, prompt by prompt', async () => {
    const { templates } = await loadPrompts(path.resolve(import.meta.dirname, '../../../prompts'));
    assert.deepEqual(
      Object.values(STAGE_PROMPTS)
        .flat()
        .filter((id) => !templates.has(id)),
      [],
    );
    for (const tool of TOOL_NAMES) assert.ok(STAGE_PROMPTS.implement.includes(tool), tool);
  });
});

describe('a demotion of the judge', () => {
  const audit: Demotion = { ...DEMOTION, stage: 'audit' };
  const rows: readonly (readonly [string, readonly ('unlock' | 'block')[], string, RegExp])[] = [
    ['10 equal', ['block', 'unlock'], 'demoted', /an agreement of 100 % over 10 specs/],
    ['9 equal, 1 worse', ['block', 'unlock'], 'demoted', /an agreement of 90 % over 10 specs/],
    [
      '8 equal, 2 worse',
      ['block', 'unlock'],
      'demotion-unproven',
      /80 % over 10 specs; 90 % over 10 different specs are/,
    ],
    ['9 equal', ['block', 'unlock'], 'demotion-unproven', /100 % over 9 specs/],
    ['10 equal', ['unlock'], 'demotion-unproven', /, and of an audit at least one change that both block/],
    ['1 worse, 9 equal', ['block', 'unlock'], 'demotion-unproven', /at least one change that both block/],
  ];
  for (const [given, verdicts, rule, text] of rows)
    it(`is ${rule} with ${given}, of which a says ${verdicts.join(', ')}`, () => {
      const standing = standingOf(audit, [card(1, given, { stage: 'audit', verdicts })], true);
      assert.equal(standing.rule, rule, standing.text);
      assert.match(standing.text, text);
    });

  it('is never to a local worker', () => {
    const policy = configurationSchema.parse({
      workers: { strong: { ...cloud, model: 'large' }, home: { ...cloud, model: 'qwen', local: true } },
      routing: { judge: ['strong'], implementer: ['strong'] },
    });
    const to = { from: 'strong', to: 'home' };
    const problems = (demotions: object) =>
      demotionProblems({ ...policy, demotions: { enabled: true, ...demotions } }).map(({ message }) => message);
    assert.deepEqual(problems({ audit: to }), [
      'demotions.audit.to names "home", which is local: a local model never judges, whatever a scorecard says.',
    ]);
    assert.deepEqual(problems({ implement: to }), []);
  });
});

describe('a demotion', () => {
  it('holds with 90 % over ten different specs and not with less', () => {
    check([card(1, '9 equal, 1 worse')], 'demoted', /ab-plan-1\.json found an agreement of 90 % over 10 specs/);
    check(
      [],
      'demotion-unproven',
      /no scorecard is about exactly these two.*speckit eval ab --stage plan --a strong --b cheap/,
    );
    check([card(1, '9 equal')], 'demotion-unproven', /100 % over 9 specs; 90 % over 10 different specs are needed/);
    check([card(1, '17 equal, 2 worse')], 'demotion-unproven', /89\.4 % over 19/);
    check([card(1, '9 equal, 8 not-compared')], 'demotion-unproven', /over 9 specs/);
    check([card(1, '12 equal', { texts: 'same' })], 'demotion-unproven', /over 12 specs; 90 % over 10 different specs/);
    check([card(1, '20 split')], 'demotion-unproven', /agreement of 0 % over 20/);
  });

  it('is about exactly these workers, prompts and stage', () => {
    for (const other of [
      { a: identity('stronger') },
      { b: identity('stronger') },
      { prompts: sha256('other') },
      { stage: 'tasks' as const },
    ])
      check([card(1, '10 equal', other)], 'demotion-unproven', /no scorecard/);
  });

  it('is taken back by a later agreement under 85 %, however few the specs, until it is proven anew', () => {
    const proof = card(1, '10 equal');
    check([proof, card(2, '17 equal, 3 worse')], 'demoted', /ab-plan-1/);
    check(
      [proof, card(2, '84 equal, 16 worse')],
      'demotion-rolled-back',
      /ab-plan-2\.json found an agreement of 84 % over 100 specs, less than 85 %/,
    );
    check([card(2, '1 worse'), proof], 'demotion-rolled-back', /ab-plan-2/);
    check([proof, card(2, '1 worse'), card(3, '9 equal')], 'demotion-rolled-back', /ab-plan-2/);
    check([proof, card(2, '1 worse'), card(3, '10 equal')], 'demoted', /ab-plan-3/);
    check([card(1, '1 worse'), card(2, '10 equal')], 'demoted', /ab-plan-2/);
    check([proof, card(2, '2 not-compared')], 'demoted', /ab-plan-1/);
  });

  it('counts the rows of a scorecard and not its own sums', () => {
    const found = card(1, '5 equal, 5 worse');
    check([{ ...found, card: { ...found.card, agreement: 1, compared: 99 } }], 'demotion-unproven', /50 % over 10/);
  });

  it('holds nowhere when the one switch is off', () => {
    check([card(1, '10 equal')], 'demotions-off', /demotions\.enabled is false/, false);
  });
});

describe('the router with a demotion', () => {
  const spend = { runMicrodollars: 0, dayMicrodollars: 0, runTokens: 0 };
  const limits = { runMicrodollars: 1, dayMicrodollars: 1, runTokens: 2_000_000 };
  const chosen = (policy: RoutedPolicy, stage: 'plan' | 'tasks', failures: Readonly<Record<string, number>> = {}) => {
    const request = { role: 'architect' as const, stage, failures, attempt: 1, estimatedTokens: 1, needsTools: false };
    const choice = route(request, policy, {}, { settled: spend, reserved: spend, limits });
    return [
      choice.kind === 'worker' ? `${choice.worker} ${choice.rung}` : 'nobody',
      choice.reasons
        .map(({ rule }) => rule)
        .filter((rule) => rule.startsWith('demot'))
        .join(),
      choice.refused.map(({ worker, rule }) => `${worker}: ${rule}`).join(),
    ];
  };
  const proven = { ...POLICY, standings: [standingOf(DEMOTION, [card(1, '10 equal')], true)] };
  const unproven = { ...POLICY, standings: [standingOf(DEMOTION, [], true)] };
  const off = { ...POLICY, standings: [standingOf(DEMOTION, [card(1, '10 equal')], false)] };

  it('calls the cheaper worker first where its proof holds, and climbs from it to the dearer one', () => {
    assert.deepEqual(chosen(proven, 'plan'), ['cheap 0', 'demoted', '']);
    assert.deepEqual(chosen(proven, 'plan', { cheap: 2 }), ['strong 1', '', 'cheap: failed-before']);
    assert.deepEqual(chosen(proven, 'tasks'), ['strong 0', '', '']);
  });

  it('keeps the dearer one where it does not, and says why', () => {
    assert.deepEqual(chosen(unproven, 'plan'), ['strong 0', 'demotion-unproven', 'cheap: demotion-unproven']);
    assert.deepEqual(chosen(off, 'plan'), ['strong 0', 'demotions-off', 'cheap: demotions-off']);
    assert.deepEqual(chosen(POLICY, 'plan'), ['strong 0', '', '']);
  });

  it('is refused in a configuration where it could not be meant', () => {
    const problems = (from: string, to: string) =>
      demotionProblems({ ...POLICY, demotions: { enabled: true, plan: { from, to } } }).map(({ message }) => message);
    assert.deepEqual(problems('strong', 'cheap'), []);
    assert.deepEqual(problems('stron', 'cheep'), [
      'demotions.plan.from names "stron", who is not in routing.architect. Did you mean "strong"?',
      'demotions.plan.to names "cheep", and there is no [workers.cheep]. Did you mean "cheap"?',
    ]);
    assert.deepEqual(problems('strong', 'stronger'), [
      'demotions.plan.to names "stronger", who stands in routing.architect and is called without a proof. Take it out of one of the two.',
    ]);
  });
});
