import assert from 'node:assert/strict';
import { explainRoutes, type Supposed } from '../../../src/core/router/explain.ts';
import type { WorkerHealth } from '../../../src/core/router/routeRequest.ts';
import { type Configuration, configurationSchema, TIERED_COMMANDS } from '../../../src/core/settings.ts';

const worker = (more: object) => ({ provider: 'openai-chat', model: 'm', max_output_tokens: 8_000, ...more });
const WORKERS = {
  local: worker({ local: true, context_tokens: 32_000 }),
  small: worker({}),
  middle: worker({}),
  stand: worker({}),
  strong: worker({ context_tokens: 400_000 }),
};
const ROUTING = {
  architect: ['cloud', 'strong'],
  implementer: ['local', 'cloud', 'strong'],
  judge: ['local', 'strong'],
  critic: ['small'],
};
const policyOf = (more: object = {}): Configuration =>
  configurationSchema.parse({
    workers: WORKERS,
    routing: ROUTING,
    model_chains: { cloud: { primary: 'middle', fallbacks: ['stand'] } },
    ...more,
  });

const NOTHING = { runMicrodollars: 0, dayMicrodollars: 0, runTokens: 0 };
const LIMITS = { runMicrodollars: 2_000_000, dayMicrodollars: 20_000_000, runTokens: 2_000_000 };
const spend = { settled: NOTHING, reserved: NOTHING, limits: LIMITS };
const DOWN = { kind: 'down', cause: 'circuitOpen' } as const;

interface Case {
  readonly supposed?: Partial<Supposed>;
  readonly policy?: object;
  readonly health?: Readonly<Record<string, WorkerHealth>>;
}

/** One line for each role that is asked: `tier role: worker (other: rule, ...)`. */
function linesOf(
  subject: string,
  { supposed = {}, policy = {}, health = {} }: Case = {},
): readonly string[] | undefined {
  const found = explainRoutes(
    subject,
    { attempt: 1, risk: 'low', tokens: 1_000, lines: 0, ...supposed },
    policyOf(policy),
    {
      health,
      spend,
    },
  );
  return found?.map(({ command, tier, asked }) => {
    if (asked.kind === 'nobody') return `${command} ${tier}: nobody`;
    if (asked.kind === 'notAsked') return `${command} ${tier} ${asked.role}: not asked (${asked.rule})`;
    const refused = asked.choice.refused.map((other) => `${other.worker}: ${other.rule}`);
    const chosen = asked.choice.kind === 'worker' ? asked.choice.worker : 'none';
    return [
      `${command} ${tier} ${asked.role}: ${chosen}`,
      ...(refused.length === 0 ? [] : [`(${refused.join(', ')})`]),
    ].join(' ');
  });
}

const check = (subject: string, input: Case, expected: readonly string[] | undefined): void =>
  assert.deepEqual(linesOf(subject, input), expected);

describe('the routing matrix', () => {
  it('has a row for each of the thirteen commands', () => {
    assert.deepEqual(
      TIERED_COMMANDS.flatMap((command) => linesOf(command) ?? [`${command}: unknown`]),
      [
        'status S: nobody',
        'clarify M: nobody',
        'checklist M: nobody',
        'tasks M architect: middle',
        'new C: nobody',
        'specify C architect: middle',
        'plan C architect: middle',
        'plan C critic: small',
        'plan C librarian: local',
        'analyze C: nobody',
        'implement C implementer: local',
        'implement C tutor: local',
        'validate C: nobody',
        'auto C: nobody',
        'audit X judge: strong (local: judge-never-local)',
        'audit X critic: small',
        'audit X security_reviewer: not asked (not-high-risk)',
        'audit X performance_reviewer: not asked (not-large)',
        'unlock X: nobody',
      ],
    );
    assert.equal(TIERED_COMMANDS.length, 13);
  });

  it('tells of a role at every command that asks it, and of nothing else', () => {
    check('architect', {}, ['tasks M architect: middle', 'specify C architect: middle', 'plan C architect: middle']);
    check('validator', {}, undefined);
    check('cook', {}, undefined);
  });

  it('climbs by attempts, two a worker, and passes over who stands in for one that failed at the work', () => {
    check('implementer', { supposed: { attempt: 2 } }, ['implement C implementer: local']);
    check('implementer', { supposed: { attempt: 3 } }, ['implement C implementer: middle (local: failed-before)']);
    check('implementer', { supposed: { attempt: 5 } }, [
      'implement C implementer: strong (local: failed-before, middle: failed-before, stand: fallback-only)',
    ]);
    check('implementer', { supposed: { attempt: 7 } }, [
      'implement C implementer: none (local: failed-before, middle: failed-before, stand: fallback-only, strong: failed-before)',
    ]);
  });

  it('lets a worker stand in while the one of its model chain cannot be reached', () => {
    check('plan', { health: { middle: DOWN } }, [
      'plan C architect: stand (middle: circuit-open)',
      'plan C critic: small',
      'plan C librarian: local',
    ]);
    check('plan', { health: { middle: DOWN, stand: DOWN } }, [
      'plan C architect: strong (middle: circuit-open, stand: circuit-open)',
      'plan C critic: small',
      'plan C librarian: local',
    ]);
  });

  it('passes over a local implementer for a change of high risk, unless nobody else is there', () => {
    check('implementer', { supposed: { risk: 'high' } }, ['implement C implementer: middle (local: high-risk)']);
    const policy = { routing: { ...ROUTING, implementer: ['local'] } };
    check('implementer', { supposed: { risk: 'high' }, policy }, ['implement C implementer: local']);
  });

  it('looks at the size of the request', () => {
    check('implementer', { supposed: { tokens: 30_000 } }, [
      'implement C implementer: middle (local: context-too-small)',
    ]);
  });

  it('goes by the tier: its workers, its attempts, and whether it climbs', () => {
    const tiers = {
      M: { architect: ['small', 'strong'], attempts_per_worker: 1 },
      X: { commands: ['plan'], climb: false },
    };
    check('tasks', { policy: { tiers } }, ['tasks M architect: small']);
    check('tasks', { policy: { tiers }, supposed: { attempt: 2 } }, [
      'tasks M architect: strong (small: failed-before)',
    ]);
    check('plan', { policy: { tiers }, supposed: { attempt: 3 } }, [
      'plan X architect: none (middle: failed-before, stand: fallback-only, strong: no-climbing)',
      'plan X critic: none (small: failed-before)',
      'plan X librarian: local',
    ]);
    check('specify', { policy: { tiers } }, ['specify C architect: middle']);
  });

  it('asks the reviewers of a high risk and of a large change, the workers of the critic where none are named', () => {
    check('audit', { supposed: { risk: 'high', lines: 501 } }, [
      'audit X judge: strong (local: judge-never-local)',
      'audit X critic: small',
      'audit X security_reviewer: small',
      'audit X performance_reviewer: small',
    ]);
    const routing = { ...ROUTING, security_reviewer: ['strong'] };
    check('security_reviewer', { supposed: { risk: 'high' }, policy: { routing } }, [
      'audit X security_reviewer: strong',
    ]);
    check('security_reviewer', { supposed: { risk: 'high' }, policy: { advisers: { security_review: 'never' } } }, [
      'audit X security_reviewer: not asked (security-reviewer-off)',
    ]);
    check('critic', { policy: { gates: { critic: false } } }, [
      'plan C critic: not asked (critic-off)',
      'audit X critic: not asked (critic-off)',
    ]);
  });

  it('has tiers for the advisers too: their own workers there, and those of [routing] elsewhere', () => {
    const tiers = {
      C: { librarian: ['stand'], tutor: ['strong'], critic: ['middle'] },
      X: { security_reviewer: ['strong'], performance_reviewer: ['middle'] },
    };
    const routing = { ...ROUTING, librarian_long_context_tokens: 0 };
    const policy = { tiers, routing };
    check('plan', { policy }, ['plan C architect: middle', 'plan C critic: middle', 'plan C librarian: stand']);
    check('tutor', { policy }, ['implement C tutor: strong']);
    check('audit', { policy, supposed: { risk: 'high', lines: 501 } }, [
      'audit X judge: strong (local: judge-never-local)',
      'audit X critic: small',
      'audit X security_reviewer: strong',
      'audit X performance_reviewer: middle',
    ]);
    const moved = { X: { ...tiers.X, commands: ['plan'] }, C: tiers.C };
    check('librarian', { policy: { tiers: moved } }, ['plan X librarian: local']);
    const critics = { X: { critic: ['strong'] } };
    check('security_reviewer', { policy: { tiers: critics }, supposed: { risk: 'high' } }, [
      'audit X security_reviewer: strong',
    ]);
  });

  it('has a librarian where somebody local implements, and one with a long context only past the stated size', () => {
    const routing = { ...ROUTING, librarian: ['local', 'small', 'strong'], librarian_long_context_tokens: 20_000 };
    check('librarian', { policy: { routing } }, ['plan C librarian: local']);
    check('librarian', { policy: { routing }, supposed: { tokens: 20_000, attempt: 5 } }, ['plan C librarian: local']);
    check('librarian', { policy: { routing }, supposed: { tokens: 20_001 } }, [
      'plan C librarian: small (local: long-context)',
    ]);
    check('librarian', { policy: { routing }, supposed: { tokens: 130_000 } }, [
      'plan C librarian: strong (local: long-context, small: context-too-small)',
    ]);
    const down = { health: { local: DOWN } };
    check('librarian', { policy: { routing }, ...down }, [
      'plan C librarian: local (small: not-long-context, strong: not-long-context)',
    ]);
    const forbidden = { routing, calls: { local_only: true } };
    check('librarian', { policy: forbidden, supposed: { tokens: 22_000 } }, ['plan C librarian: local']);
    check('librarian', { policy: { routing: { ...routing, librarian: ['strong'] } } }, [
      'plan C librarian: none (strong: not-long-context)',
    ]);
    const cloud = { ...ROUTING, implementer: ['cloud'] };
    check('librarian', { policy: { routing: cloud } }, ['plan C librarian: not asked (no-chain)']);
    check('librarian', { policy: { advisers: { librarian: false } } }, ['plan C librarian: not asked (librarian-off)']);
  });

  it('has a tutor where somebody local implements, whatever attempt has failed', () => {
    check('tutor', { supposed: { attempt: 5 } }, ['implement C tutor: local']);
    const cloud = { ...ROUTING, implementer: ['cloud'] };
    check('tutor', { policy: { routing: cloud } }, ['implement C tutor: not asked (no-chain)']);
    check('tutor', { policy: { routing: { ...cloud, tutor: ['small'] } } }, ['implement C tutor: small']);
    check('tutor', { policy: { advisers: { tutor: false } } }, ['implement C tutor: not asked (tutor-off)']);
  });
});
