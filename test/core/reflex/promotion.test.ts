import assert from 'node:assert/strict';
import { bakeoffReportSchema, reflexIdentity, type BakeoffReport } from '../../../src/core/reflex/bakeoffReport.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/core/reflex/bakeoffStatistics.ts';
import { promotionOf } from '../../../src/core/reflex/promotion.ts';
import { workerSchema } from '../../../src/core/settings.ts';
import { IDENTITY, pairsOf, reportOf } from '../../support/bakeoffReport.ts';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const good = reportOf(pairsOf(24));
const bad = reportOf(
  pairsOf(24, (index) => ({ json: index > 0 })),
  { at: '2026-11-02T12:00:00.000Z' },
);
const said = (reports: readonly BakeoffReport[], identity = IDENTITY, now = NOW): string => {
  const found = reports.map((report, index) => ({ file: `.speckit/eval/${index}.json`, report }));
  const promotion = promotionOf(found, identity, now);
  return promotion.kind === 'promoted' ? `promoted ${promotion.text}` : `${promotion.rule} ${promotion.text}`;
};

describe('the promotion of reflex', () => {
  it('needs a passing report for exactly this reflex', () => {
    assert.equal(said([good]), 'promoted .speckit/eval/0.json passed, which holds until 2026-12-01.');
    assert.match(said([]), /^no-report There is no readable report/);
  });

  for (const [member, words] of [
    ['endpoint', 'endpoint'],
    ['model', 'model'],
    ['prompts', 'version of the prompts'],
    ['policy', 'set of values in [reflex] (timeout_ms, json_schema, thresholds)'],
    ['server', 'server or server version'],
  ] as const)
    it(`is void for another ${words}`, () => {
      const other = { ...IDENTITY, [member]: member === 'server' ? null : 'e'.repeat(64) };
      const text = said([good], other);
      assert.ok(text.startsWith('other-identity ') && text.includes(` is about another ${words}: `), text);
    });

  it('goes by the newest report about this reflex, in whichever order they are read', () => {
    assert.match(said([good, bad]), /^report-not-passed .*23 of 24 first answers fitted/);
    assert.match(said([bad, good]), /^report-not-passed/);
    const later = reportOf(pairsOf(24), { at: '2026-11-03T12:00:00.000Z' });
    assert.match(said([later, good, bad]), /^promoted .*\/0\.json/);
    const ofAnother = reportOf(
      pairsOf(24, () => ({ json: false })),
      {
        at: '2026-11-20T12:00:00.000Z',
        identity: { ...IDENTITY, model: 'another' },
      },
    );
    assert.match(said([good, ofAnother]), /^promoted .*\/0\.json/);
  });

  it('needs twelve different tasks where they are those of finished runs, whatever their reports say', () => {
    const mined = (nTasks: number): BakeoffReport =>
      reportOf(
        pairsOf(24, (index) => ({ task: `run-1/T${index % nTasks}`, trial: 1 + Math.floor(index / nTasks) })),
        { origin: 'history' },
      );
    assert.equal(mined(11).verdict.passed, true);
    assert.match(said([mined(11)]), /^report-not-passed .*11 tasks of finished runs; at least 12 are needed\.$/);
    assert.match(said([mined(1)]), /^report-not-passed .*1 task of finished runs/);
    assert.match(said([mined(12)]), /^promoted/);
    const end = Date.parse(good.at) + 30 * 24 * 60 * 60 * 1000;
    assert.match(said([mined(12)], IDENTITY, end), /^report-expired/);
    assert.match(said([mined(12)], { ...IDENTITY, server: 'sglang 0.5.24' }), /^other-identity/);
  });

  it('ends after 30 days, to the millisecond', () => {
    const end = Date.parse(good.at) + 30 * 24 * 60 * 60 * 1000;
    assert.match(said([good], IDENTITY, end - 1), /^promoted/);
    assert.match(said([good], IDENTITY, end), /^report-expired .* older than 30 days/);
  });

  it('trusts no report of the future', () => {
    const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
    assert.match(said([reportOf(pairsOf(24), { at: at(4) })]), /^promoted/);
    assert.match(
      said([reportOf(pairsOf(24), { at: at(6) })]),
      /^report-in-the-future .*Check the clock of this computer; `speckit reflex bakeoff` makes a new report\.$/,
    );
  });

  it('counts the figures again: a verdict that was written by hand proves nothing', () => {
    assert.match(said([{ ...bad, verdict: good.verdict, statistics: good.statistics }]), /^report-not-passed/);
    assert.match(said([{ ...good, verdict: bad.verdict }]), /^report-not-passed/);
    assert.match(said([{ ...good, trials: good.trials.slice(0, 40) }]), /^report-not-passed .*20 pairs/);
    assert.match(said([{ ...good, end: { kind: 'stopped', why: 'no money' } }]), /^report-not-passed .*no money/);
  });

  it('is decided in much less than a millisecond', () => {
    const many = Array.from({ length: 50 }, () => good);
    const started = performance.now();
    for (let times = 0; times < 100; times += 1) said(many);
    assert.ok((performance.now() - started) / 100 < 1, `${(performance.now() - started) / 100} ms`);
  });
});

describe('the report of a bake-off', () => {
  it('is what its schema says, and nothing with a member more', () => {
    assert.deepEqual(bakeoffReportSchema.parse(JSON.parse(JSON.stringify(good))), good);
    assert.equal(bakeoffReportSchema.safeParse({ ...good, more: 1 }).success, false);
  });

  it('names a reflex by what decides its answers, and not by its name or its key', () => {
    const settings = workerSchema.parse({
      provider: 'openai-chat',
      model: 'm',
      base_url: 'http://127.0.0.1:3009/v1',
      local: true,
    });
    const about = { prompts: new Map(), server: null, thresholds: DEFAULT_THRESHOLDS };
    const one = reflexIdentity(settings, about);
    assert.deepEqual(reflexIdentity({ ...settings, key_env: 'K', base_url: `${settings.base_url}/` }, about), one);
    const others = [
      reflexIdentity({ ...settings, extra_body: { temperature: 1 } }, about),
      reflexIdentity({ ...settings, structured_output: 'none' }, about),
      reflexIdentity(settings, { ...about, thresholds: { ...DEFAULT_THRESHOLDS, p95_latency_ms: 9_000 } }),
    ];
    assert.equal(new Set([one, ...others].map(({ policy }) => policy)).size, 4);
    const template = { id: 'implement-single', version: 1, inputs: [], own: [], text: 'x', variants: {} };
    const changed = reflexIdentity(settings, { ...about, prompts: new Map([['implement-single', template]]) });
    assert.notEqual(changed.prompts, one.prompts);
  });
});
