import assert from 'node:assert/strict';
import type { BakeoffReport } from '../../../src/core/reflex/bakeoffReport.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/core/reflex/bakeoffStatistics.ts';
import { reflexStanding, type ReflexStanding } from '../../../src/core/reflex/standing.ts';
import { IDENTITY, pairsOf, reportOf } from '../../support/bakeoffReport.ts';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const REFLEX = { enabled: true, endpoint: IDENTITY.endpoint, model: IDENTITY.model, thresholds: DEFAULT_THRESHOLDS };

function standing(reports: readonly BakeoffReport[], reflex: Partial<typeof REFLEX> = {}): ReflexStanding {
  const found = reports.map((report, index) => ({ file: `${index}.json`, report }));
  return reflexStanding({ ...REFLEX, ...reflex }, found, NOW);
}
const shown = (reports: readonly BakeoffReport[], reflex: Partial<typeof REFLEX> = {}) =>
  standing(reports, reflex).reports.map(({ file, passed, isExpired, isOfThis }) =>
    [file, passed ? 'passed' : 'not passed', isExpired ? 'expired' : '', isOfThis ? '' : 'other'].join(' ').trim(),
  );

const passing = (at: string, identity = IDENTITY): BakeoffReport => reportOf(pairsOf(24), { at, identity });
const failing = (at: string): BakeoffReport =>
  reportOf(
    pairsOf(24, (index, side) => (side === 'reflex' && index < 12 ? { outcome: 'failed' } : {})),
    { at },
  );

describe('where [reflex] stands by its reports', () => {
  it('has the newest first, by when they ended', () =>
    assert.deepEqual(shown([failing('2026-11-20T12:00:00.000Z'), passing('2026-11-19T12:00:00.000Z')]), [
      '0.json not passed',
      '1.json passed',
    ]));

  it('has them expired after thirty days, to the millisecond', () => {
    assert.deepEqual(shown([passing('2026-10-22T12:00:00.000Z'), passing('2026-10-22T12:00:00.001Z')]), [
      '1.json passed',
      '0.json passed expired',
    ]);
    assert.equal(standing([passing('2026-10-22T12:00:00.000Z')]).reports[0]?.until, '2026-11-21T12:00:00.000Z');
  });

  it('knows which are about another endpoint or model, and measures nothing by them', () => {
    const other = { ...IDENTITY, model: 'other' };
    const reports = [passing('2026-11-18T12:00:00.000Z'), passing('2026-11-20T12:00:00.000Z', other)];
    assert.deepEqual(shown(reports), ['1.json passed  other', '0.json passed']);
    assert.equal(standing(reports).measured?.at, '2026-11-18T12:00:00.000Z');
    assert.equal(standing(reports, { model: 'third' }).measured, undefined);
    assert.equal(standing([]).measured, undefined);
  });

  it('takes a last slash of the endpoint for nothing', () =>
    assert.deepEqual(shown([passing('2026-11-20T12:00:00.000Z')], { endpoint: `${IDENTITY.endpoint}/` }), [
      '0.json passed',
    ]));

  it('measures by the thresholds of now, and keeps the verdict of then', () => {
    const thresholds = { ...DEFAULT_THRESHOLDS, p95_latency_ms: 300 };
    const { measured, reports } = standing([passing('2026-11-20T12:00:00.000Z')], { thresholds });
    assert.deepEqual(
      [measured?.verdict.passed, measured?.verdict.reasons.map(({ rule }) => rule), reports[0]?.passed],
      [false, ['p95-latency'], true],
    );
  });
});
