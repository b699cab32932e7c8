import assert from 'node:assert/strict';
import type { LedgerEntry } from '../../../src/core/ledger/entry.ts';
import { readProviderExport } from '../../../src/core/ledger/providerExport.ts';
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

/** The models of an export held against rows: model, ledger, provider, drift. */
function check(text: string, rows: readonly LedgerEntry[]) {
  const read = readProviderExport(text);
  assert.equal(read.kind, 'ok', read.kind === 'error' ? read.error : '');
  const days = daysOf(read.value);
  assert.ok(days);
  const { models, ...rest } = reconcile(read.value, days, rows);
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
    const { models } = reconcile(read.value, { first: 'x', last: 'x' }, [doubtful]);
    assert.deepEqual(models, [
      { model: 'moonshot/kimi-k3', ledger: 0, provider: 0.25, drift: -1, call_count: 1, in_doubt: 0.009 },
    ]);
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
