import type { Reservation } from '../../src/core/ledger/ledger.ts';
import { pricingOf } from '../../src/core/ledger/prices.ts';

/** 2026-11-21T12:00:00Z */
export const NOON = Date.UTC(2026, 10, 21, 12);

/** A call of gpt-5.4-mini that reserves 750 + 4,500 microdollars and 2,000 tokens, with any of its parts replaced. */
export function reservationOf(parts: Partial<Reservation>): Reservation {
  return {
    run: 'run-1',
    step: 'plan/call-1',
    attempt: 1,
    time: NOON,
    worker: 'middle',
    model: 'gpt-5.4-mini',
    priceVersion: 'test',
    spec: 'SPEC-001',
    stage: 'plan',
    role: 'architect',
    inputTokens: 1_000,
    maxOutputTokens: 1_000,
    pricing: pricingOf('gpt-5.4-mini', 'cloud'),
    limits: { runMicrodollars: 100_000, dayMicrodollars: 1_000_000, runTokens: 1_000_000 },
    ...parts,
  };
}
