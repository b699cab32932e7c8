import assert from 'node:assert/strict';
import type { LedgerEntry } from '../../../src/core/ledger/entry.ts';
import { readProviderExport } from '../../../src/core/ledger/providerExport.ts';
import type { PriceOverrides } from '../../../src/core/ledger/prices.ts';
import { priceOverrides } from '../../../src/core/policy/userConfigurationSchema.ts';
import { daysOf, reconcile } from '../../../src/core/ledger/reconcile.ts';
import { NOON } from '../../support/reservation.ts';

const OPENAI = `start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id
1795132800,1795219200,2026-11-20T00:00:00+00:00,2026-11-21T00:00:00+00:00,0.5,usd,"gpt-6-sol-2026-09-01, input",p
1795132800,1795219200,2026-11-20T00:00:00+00:00,2026-11-21T00:00:00+00:00,0.50,usd,"gpt-6-sol-2026-09-01, output",p
1795219200,1795305600,2026-11-21T00:00:00+00:00,2026-11-22T00:00:00+00:00,,,,
1795219200,1795305600,2026-11-21T00:00:00+00:00,2026-11-22T00:00:00+00:00,0.0400000000,usd,"gpt-5.4-mini, ""fast""",p
`;
const ANTHROPIC = `\ufeffusage_date_utc,model,workspace,token_type,cost_usd,cost_type\r
2026-11-21,Claude Haiku 4.5,Default,input_no_cache,0.05,token\r
2026-11-21,,Default,,0.01,web_search\r
2026-11-21,Claude Haiku 4.5,Default,output,1e-2,token\r
`;
const OPENROUTER = `generation_id,created_at,cost_total,tokens_prompt,model_permaslug
gen-1,2026-11-21 10:11:12.123,0.25,100,moonshot/kimi-k3
`;

const row = (model: string, microdollars: number, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  run: 'key/run-1',
  step: 'plan/call-1',
  attempt: 1,
  time: NOON,
  worker: 'middle',
  model,
  state: 'settled',
  reservedMicrodollars: 9_000,
  settledMicrodollars: microdollars,
  inputTokens: 1,
  outputTokens: 1,
  cachedTokens: 0,
  basis: 'usage',
  priceVersion: 'test',
  spec: 'SPEC-001',
  stage: 'plan',
  role: 'architect',
  endedAt: NOON,
  ...more,
});

const NO_PRICES: PriceOverrides = new Map();

/** The models of an export held against rows: model, ledger, provider, drift. */
function check(text: string, rows: readonly LedgerEntry[]) {
  const read = readProviderExport(text);
  assert.equal(read.kind, 'ok', read.kind === 'error' ? read.error : '');
  const days = daysOf(read.value);
  assert.ok(days);
  const { models, ...rest } = reconcile(read.value, days, rows, NO_PRICES);
  return { ...rest, models: models.map(({ model, ledger, provider, drift }) => [model, ledger, provider, drift]) };
}

describe("a provider's export", () => {
  it('of OpenAI is held against the ledger by model, whatever its line items, with a dated id as its model', () => {
    const rows = [row('gpt-6-sol', 950_000), row('gpt-5.4-mini', 20_000), row('kimi-k3', 5), row('qwen', 0)];
    assert.deepEqual(check(OPENAI, rows), {
      provider: 'OpenAI',
      first: '2026-11-20',
      last: '2026-11-21',
      models: [
        ['gpt-6-sol', 0.95, 1, -0.05],
        ['gpt-5.4-mini', 0.02, 0.04, -0.5],
      ],
      only_in_ledger: ['kimi-k3'],
      worst: 0.5,
      is_within: false,
    });
  });

  it('of Anthropic names models as people do', () => {
    const { models, is_within } = check(ANTHROPIC, [row('claude-haiku-4-5-20251001', 61_000)]);
    assert.deepEqual([models, is_within], [[['claude-haiku-4-5', 0.061, 0.06, 0.0167]], true]);
  });

  it('of OpenRouter has a line for each call; what the ledger lacks is a drift of all of it', () => {
    const { provider, models, worst } = check(OPENROUTER, []);
    assert.deepEqual([provider, models, worst], ['OpenRouter', [['moonshot/kimi-k3', 0, 0.25, -1]], 1]);
  });

  it('does not count what is in doubt as paid, and tells it', () => {
    const read = readProviderExport(OPENROUTER);
    assert.equal(read.kind, 'ok');
    const doubtful = row('moonshot/kimi-k3', 0, { state: 'inDoubt' });
    const { models } = reconcile(read.value, { first: 'x', last: 'x' }, [doubtful], NO_PRICES);
    assert.deepEqual(models, [
      {
        model: 'moonshot/kimi-k3',
        ledger: 0,
        provider: 0.25,
        drift: -1,
        call_count: 1,
        batch: 0,
        batch_at_standard: null,
        in_doubt: 0.009,
      },
    ]);
  });

  const OPENAI_BATCH = `start_time_iso,amount_value,line_item
2026-11-20T00:00:00+00:00,0.5,"gpt-6-sol-2026-09-01, input"
2026-11-20T00:00:00+00:00,0.5,"gpt-6-sol-2026-09-01, output"
2026-11-20T00:00:00+00:00,0.25,"gpt-6-sol-2026-09-01 batch, input"
2026-11-20T00:00:00+00:00,0.1,"gpt-6-sol-2026-09-01, batch output"
2026-11-20T00:00:00+00:00,0.03,"gpt-6-sol-2026-09-01 (batch), cached input"
`;
  const ANTHROPIC_BATCH = `usage_date_utc,model,usage_type,token_type,cost_usd
2026-11-21,Claude Opus 5.5,message,input_no_cache,0.4
2026-11-21,Claude Opus 5.5,message_batch,input_no_cache,0.2
2026-11-21,Claude Opus 5.5,batch,input_cache_write_5m,0.05
2026-11-21,Claude Opus 5.5,Batch,input_cache_read,0.01
2026-11-21,Claude Opus 5.5,batch,output,0.3
`;
  const TIERS = `usage_date_utc,model,service_tier,token_type,cost_usd
2026-11-21,Claude Opus 5.5,standard,uncached_input_tokens,0.4
2026-11-21,Claude Opus 5.5,batch,uncached_input_tokens,0.2
`;
  const rates = (input: number, output: number, cache: number) => ({
    input_dollars: input,
    output_dollars: output,
    cache_read_dollars: cache,
    cache_write_dollars: input,
  });
  const told = priceOverrides({
    'gpt-6-sol': { ...rates(2, 10, 0.3), batch: rates(1, 2, 0.1) },
    'claude-opus-5-5': { ...rates(4, 20, 0.4), batch: rates(2, 10, 0.2) },
  });
  const halfTold = priceOverrides({ 'gpt-6-sol': rates(2, 10, 0.3), 'claude-opus-5-5': rates(4, 20, 0.4) });
  const batches: readonly (readonly [string, string, PriceOverrides, object])[] = [
    // 0.25 x 2/1 + 0.1 x 10/2 + 0.03 x 0.3/0.1
    ['OpenAI', OPENAI_BATCH, told, { provider: 1, drift: 0, batch: 0.38, batch_at_standard: 1.09 }],
    [
      'OpenAI without a batch price',
      OPENAI_BATCH,
      halfTold,
      { provider: 1, drift: 0, batch: 0.38, batch_at_standard: null },
    ],
    [
      'OpenAI without any of your prices',
      OPENAI_BATCH,
      NO_PRICES,
      { provider: 1, drift: 0, batch: 0.38, batch_at_standard: null },
    ],
    ['Anthropic', ANTHROPIC_BATCH, told, { provider: 0.4, drift: 1.5, batch: 0.56, batch_at_standard: 1.12 }],
    ['Anthropic by tier', TIERS, told, { provider: 0.4, drift: 1.5, batch: 0.2, batch_at_standard: 0.4 }],
    [
      'Anthropic without a batch price',
      TIERS,
      halfTold,
      { provider: 0.4, drift: 1.5, batch: 0.2, batch_at_standard: null },
    ],
  ];
  for (const [name, text, overrides, expected] of batches)
    it(`of ${name} tells batches apart, since none is ours, and never guesses their price`, () => {
      const read = readProviderExport(text);
      assert.equal(read.kind, 'ok', read.kind === 'error' ? read.error : '');
      const model = text === OPENAI_BATCH ? 'gpt-6-sol' : 'claude-opus-5-5';
      const days = { first: 'x', last: 'x' };
      const { models } = reconcile(read.value, days, [row(model, 1_000_000)], overrides);
      assert.deepEqual(models, [{ model, ledger: 1, call_count: 1, in_doubt: 0, ...expected }]);
    });

  it('that has a batch of tokens nobody knows does not say what they come to', () => {
    const text = 'start_time_iso,amount_value,line_item\n2026-11-20,0.5,"gpt-6-sol batch, audio"\n';
    const read = readProviderExport(text);
    assert.equal(read.kind, 'ok');
    const { models } = reconcile(read.value, { first: 'x', last: 'x' }, [], told);
    assert.deepEqual([models[0]?.batch, models[0]?.batch_at_standard], [0.5, null]);
  });

  it('is refused where it cannot be read, by its line', () => {
    for (const [text, problem] of [
      ['', /columns are those of none/],
      ['model,amount\nx,1\n', /columns are those of none.*OpenAI \(start_time_iso/],
      ['usage_date_utc,model,cost_usd\n2026-11-21,"Claude X,1\n', /quoted cell/],
      ['usage_date_utc,model,cost_usd\n2026-11-21,Claude X,much\n', /^Line 2: .*"much" no amount/],
      ['usage_date_utc,model,cost_usd\nyesterday,Claude X,1\n', /^Line 2: "yesterday" is no day/],
    ] as const) {
      const read = readProviderExport(text);
      assert.equal(read.kind, 'error');
      assert.match(read.error, problem);
    }
  });
});
