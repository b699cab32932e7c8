import assert from 'node:assert/strict';
import { route } from '../../../src/core/router/route.ts';
import type { RouteRequest, WorkerHealth } from '../../../src/core/router/routeRequest.ts';
import type { SpendTotals } from '../../../src/core/run/spending.ts';
import { type Configuration, configurationSchema } from '../../../src/core/settings.ts';

const local = { provider: 'openai-chat', model: 'small-coder', local: true, context_tokens: 32_000 };
const cloud = { provider: 'anthropic', model: 'large', key_env: 'KEY' };

const POLICY = configurationSchema.parse({
  workers: {
    local: { ...local, max_output_tokens: 8_000 },
    middle: { ...cloud, max_output_tokens: 8_000, context_tokens: 100_000 },
    strong: { ...cloud, max_output_tokens: 8_000, context_tokens: 200_000 },
    tape: { provider: 'recorded', model: 'tape' },
    editor: { provider: 'editor', model: 'copilot/gpt-4o' },
  },
  routing: {
    architect: ['middle', 'strong'],
    implementer: ['local', 'middle', 'strong'],
    judge: ['local', 'strong'],
    critic: ['local'],
  },
});

const NOTHING = { runMicrodollars: 0, dayMicrodollars: 0, runTokens: 0 };
const LIMITS = { runMicrodollars: 2_000_000, dayMicrodollars: 20_000_000, runTokens: 2_000_000 };
const SPEND: SpendTotals = { settled: NOTHING, reserved: NOTHING, limits: LIMITS };
const UP = { kind: 'up' } as const;
const HEALTH = { local: UP, middle: UP, strong: UP, tape: UP };

const REQUEST: RouteRequest = {
  role: 'implementer',
  stage: 'implement',
  attempt: 1,
  failures: {},
  estimatedTokens: 10_000,
  needsTools: true,
};

interface Case {
  readonly request?: Partial<RouteRequest>;
  readonly policy?: Configuration;
  readonly health?: Readonly<Record<string, WorkerHealth>>;
  readonly spend?: Partial<SpendTotals>;
}

/** The worker chosen with its rung (or `none` with the reasons' rules), then `worker: rule` of every worker passed over. */
function check(input: Case, expected: readonly string[]): void {
  const choice = route(
    { ...REQUEST, ...input.request },
    input.policy ?? POLICY,
    { ...HEALTH, ...input.health },
    { ...SPEND, ...input.spend },
  );
  const rules = choice.reasons.map(({ rule }) => rule);
  const head = choice.kind === 'worker' ? `${choice.worker} ${choice.rung}` : `none: ${rules.join(', ')}`;
  assert.deepEqual([head, ...choice.refused.map(({ worker, rule }) => `${worker}: ${rule}`)], expected);
  assert.ok(rules.length > 0);
}

const spent = (more: Partial<SpendTotals['settled']>) => ({ settled: { ...NOTHING, ...more } });
const held = (more: Partial<SpendTotals['settled']>) => ({ reserved: { ...NOTHING, ...more } });
const withRouting = (routing: Partial<Configuration['routing']>): Configuration => ({
  ...POLICY,
  routing: { ...POLICY.routing, ...routing },
});

describe('the router', () => {
  it('takes the cheapest worker of the role and says why', () => {
    assert.deepEqual(route(REQUEST, POLICY, HEALTH, SPEND), {
      kind: 'worker',
      worker: 'local',
      rung: 0,
      reasons: [
        {
          rule: 'cheapest-first',
          text: 'local is the first of routing.implementer that can take attempt 1 at implement.',
        },
      ],
      refused: [],
    });
  });

  it('climbs one rung when a worker failed as often as the policy allows, and no sooner', () => {
    check({ request: { failures: { local: 1 } } }, ['local 0']);
    check({ request: { failures: { local: 2 } } }, ['middle 1', 'local: failed-before']);
    check({ request: { failures: { local: 2, middle: 2 } } }, [
      'strong 2',
      'local: failed-before',
      'middle: failed-before',
    ]);
    check({ request: { failures: { local: Number.NaN } } }, ['middle 1', 'local: failed-before']);
  });

  it('names none when every worker failed', () => {
    check({ request: { failures: { local: 2, middle: 2, strong: 3 } } }, [
      'none: chain-exhausted',
      'local: failed-before',
      'middle: failed-before',
      'strong: failed-before',
    ]);
  });

  it('never lets a local model judge, even when it is the only one', () => {
    const judge = { role: 'judge', stage: 'audit' } as const;
    check({ request: judge }, ['strong 1', 'local: judge-never-local']);
    check({ request: judge, policy: withRouting({ judge: ['local'] }) }, [
      'none: chain-exhausted',
      'local: judge-never-local',
    ]);
  });

  it('passes over a worker whose context holds the request but not the answer too', () => {
    check({ request: { estimatedTokens: 24_000 } }, ['local 0']);
    check({ request: { estimatedTokens: 24_001 } }, ['middle 1', 'local: context-too-small']);
    check({ request: { estimatedTokens: Number.NaN } }, [
      'none: chain-exhausted',
      'local: context-too-small',
      'middle: context-too-small',
      'strong: context-too-small',
    ]);
  });

  it('passes over a worker that is left alone, can be called only elsewhere or cannot call tools', () => {
    const health = {
      local: { kind: 'down', cause: 'circuitOpen', why: 'connection refused' },
      middle: { kind: 'down', cause: 'elsewhere' },
    } as const;
    check({ health }, ['strong 2', 'local: circuit-open', 'middle: worker-elsewhere']);
    const toolless = { local: { kind: 'up', tools: false } } as const;
    check({ health: toolless }, ['middle 1', 'local: no-tools']);
    check({ health: toolless, request: { needsTools: false } }, ['local 0']);
  });

  it('tries a worker that is left alone when nobody else is left', () => {
    const open = { kind: 'down', cause: 'circuitOpen' } as const;
    check({ health: { local: open, middle: open, strong: open } }, [
      'local 0',
      'middle: circuit-open',
      'strong: circuit-open',
    ]);
  });

  it('has nobody stand in for a worker whose key is not there', () => {
    const health = { local: { kind: 'down', cause: 'keyMissing' } } as const;
    check({ health }, ['none: key-missing', 'local: key-missing']);
    check({ health, request: { failures: { local: 2 } } }, ['middle 1', 'local: failed-before']);
  });

  it('tries a worker nobody has looked at, and says that', () => {
    const { reasons } = route(REQUEST, POLICY, {}, SPEND);
    assert.deepEqual(
      reasons.map(({ rule }) => rule),
      ['cheapest-first', 'health-unknown'],
    );
  });

  it('passes over names that no worker has, also those every object has', () => {
    const policy = withRouting({ implementer: ['constructor', 'gone', 'middle'] });
    check({ policy, health: {} }, ['middle 2', 'constructor: not-configured', 'gone: not-configured']);
    const workers = { ...POLICY.workers, constructor: POLICY.workers['middle'] ?? assert.fail() };
    check({ policy: { ...policy, workers }, health: {} }, ['constructor 0']);
  });

  it('has no worker for a role without a chain, a role that does not own the stage, and the validator', () => {
    check({ policy: withRouting({ implementer: [] }) }, ['none: no-chain']);
    check({ request: { stage: 'plan' } }, ['none: not-the-owner']);
    check({ request: { role: 'architect', stage: 'audit' } }, ['none: not-the-owner']);
    check({ request: { role: 'validator', stage: 'validate' } }, ['none: needs-no-worker']);
  });

  it('asks a critic at any stage unless the policy has none', () => {
    const policy = { ...POLICY, gates: { ...POLICY.gates, critic: false } };
    check({ request: { role: 'critic', stage: 'plan' } }, ['local 0']);
    check({ request: { role: 'critic', stage: 'plan' }, policy }, ['none: critic-off']);
  });
});

describe('the router and budgets', () => {
  const architect = { role: 'architect', stage: 'plan' } as const;
  const refused = ['none: chain-exhausted', 'middle: budget-exhausted', 'strong: budget-exhausted'];

  it('refuses paid workers when the dollars of the run or of the day are settled or reserved', () => {
    check({ request: architect, spend: spent({ runMicrodollars: 1_999_999 }) }, ['middle 0']);
    check({ request: architect, spend: spent({ runMicrodollars: 2_000_000 }) }, refused);
    check({ request: architect, spend: held({ runMicrodollars: 2_000_000 }) }, refused);
    check({ request: architect, spend: spent({ dayMicrodollars: 20_000_000 }) }, refused);
    check({ request: architect, spend: spent({ dayMicrodollars: Number.NaN }) }, refused);
  });

  it('still calls workers that cost nothing', () => {
    check({ spend: spent({ runMicrodollars: 2_000_000 }) }, ['local 0']);
    check({ spend: spent({ runMicrodollars: 2_000_000 }), policy: withRouting({ implementer: ['tape'] }) }, ['tape 0']);
    check({ spend: spent({ runMicrodollars: 2_000_000 }), policy: withRouting({ implementer: ['editor'] }) }, [
      'editor 0',
    ]);
  });

  it('pays nothing under a limit of nothing', () => {
    check({ request: architect, spend: { limits: { ...LIMITS, runMicrodollars: 0 } } }, refused);
  });

  it('stops at a limit, and goes on with what costs nothing only where the policy says so', () => {
    const policy = withRouting({ implementer: ['middle', 'local'] });
    const localOnly = { ...policy, cost: { ...policy.cost, at_limit: 'local_only' as const } };
    const spend = spent({ runMicrodollars: 2_000_000 });
    check({ spend, policy }, ['none: chain-exhausted', 'middle: budget-exhausted', 'local: budget-exhausted']);
    check({ spend, policy: localOnly }, ['local 1', 'middle: budget-exhausted']);
    check({ spend: { exhausted: "The month's $50.00 are spent." }, policy: localOnly }, [
      'local 1',
      'middle: budget-exhausted',
    ]);
  });

  it('counts tokens for every worker, the request included', () => {
    const all = ['local', 'middle', 'strong'].map((worker) => `${worker}: budget-exhausted`);
    check({ spend: spent({ runTokens: 1_989_999 }) }, ['local 0']);
    check({ spend: spent({ runTokens: 1_990_000 }) }, ['none: chain-exhausted', ...all]);
  });
});
