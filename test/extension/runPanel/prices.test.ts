import assert from 'node:assert/strict';
import { createRunCells } from '../../../src/extension/runPanel/cells.ts';
import { pricesText, priceText, type Charge } from '../../../src/extension/runPanel/priceText.ts';
import type { EventKind, Payload, RunEvent } from '../../../src/core/run/event.ts';
import { cellSchemas } from '../../../src/protocol/runPanel.ts';
import { HERE } from './foldedCells.ts';

const CLOUD: Charge = {
  state: 'settled',
  microdollars: 12_300,
  basis: 'usage',
  inputTokens: 900,
  outputTokens: 10,
  isUnpriced: false,
};
const FREE: Charge = { ...CLOUD, microdollars: 0 };

describe('the price of a call, in words,', () => {
  const table: readonly (readonly [Partial<Charge>, string])[] = [
    [{}, '$0.0123'],
    [{ microdollars: 1_234_567 }, '$1.24'],
    [{ basis: 'estimate' }, '$0.0123 (estimated)'],
    [{ ...FREE, basis: 'local' }, 'local'],
    [{ ...FREE, basis: 'recorded' }, 'recorded'],
    [{ ...FREE, basis: 'included' }, 'included'],
    [{ ...FREE, isUnpriced: true }, 'unpriced'],
    [{ ...FREE }, '$0.00'],
    [{ state: 'inDoubt' }, 'in doubt, up to $0.0123'],
    [{ ...FREE, state: 'released' }, 'not paid'],
  ];
  for (const [parts, expected] of table)
    it(`is ${expected}`, () => assert.equal(priceText({ ...CLOUD, ...parts }), expected));

  const together: readonly (readonly [string, readonly Partial<Charge>[]])[] = [
    ['', []],
    ['$0.0246', [{}, {}]],
    ['local', [{ ...FREE, basis: 'local' }]],
    ['$0.0123, local', [{ ...FREE, basis: 'local' }, {}]],
    [
      'recorded, unpriced',
      [
        { ...FREE, basis: 'recorded' },
        { ...FREE, isUnpriced: true },
      ],
    ],
    ['$0.0123, $0.0140 in doubt', [{}, { state: 'inDoubt', microdollars: 14_000 }]],
    ['', [{ ...FREE, state: 'released' }]],
  ];
  for (const [expected, charges] of together)
    it(`of ${charges.length} together is "${expected}"`, () =>
      assert.equal(pricesText(charges.map((parts) => ({ ...CLOUD, ...parts }))), expected));
});

describe('a call in the panel', () => {
  function panel(unpriced: readonly string[] = []) {
    const shown = new Map<string, unknown>();
    const cells = createRunCells(
      {
        set: (key, value) => void shown.set(key, value),
        append: () => undefined,
        remove: (key) => void shown.delete(key),
      },
      { ...HERE, unpriced },
    );
    let seq = 0;
    const take = <Kind extends EventKind>(kind: Kind, payload: Partial<Payload<Kind>>): void => {
      seq += 1;
      cells.event({ seq, time: `2026-11-21T10:00:0${seq}.000Z`, kind, payload } as unknown as RunEvent);
    };
    take('RunStart', { specId: 'SPEC-001', title: 'Greeting', runId: 'run', size: 'standard' });
    const address = { key: 'implement/T1/1/turn-1', attempt: 1, worker: 'cheap' };
    return { shown, cells, take, address, key: 'call/1/implement/T1/1/turn-1' };
  }
  const priceAt = (shown: ReadonlyMap<string, unknown>, key: string): unknown =>
    (shown.get(key) as { readonly price?: string } | undefined)?.price;

  it('says in which mode it ran, as the router chose it, and then as the call itself says', () => {
    const { shown, take, address, key } = panel();
    const modeAt = (at: string): unknown => (shown.get(at) as { readonly mode?: string }).mode;
    const routed = {
      key: 'implement/T1/1',
      role: 'implementer',
      worker: 'reflex',
      reasons: [],
      refused: [],
    } satisfies Partial<Payload<'RoutingDecision'>>;
    take('RoutingDecision', { ...routed, mode: 'reflex', reason: 'healthy_and_promoted', latencyMs: 4 });
    take('SpendReserve', { ...address, worker: 'reflex', microdollars: 0, tokens: 9 });
    assert.deepEqual(shown.get(key), { ...(shown.get(key) as object), role: 'implementer', mode: 'reflex' });
    take('LLMCall', {
      ...address,
      worker: 'reflex',
      stage: 'implement',
      role: 'implementer',
      outcome: 'stop',
      prompt: null,
      answer: null,
      usage: null,
      mode: 'reflex',
    });
    assert.equal(modeAt(key), 'reflex');
    take('RoutingDecision', { ...routed, mode: 'cloud', worker: 'cheap' });
    const second = { key: 'implement/T1/2/turn-1', attempt: 1, worker: 'cheap' };
    take('SpendReserve', { ...second, microdollars: 9, tokens: 9 });
    assert.equal(modeAt(`call/1/${second.key}`), 'cloud');
    // The tutor was asked in between, of whom no mode is told.
    const tutor = { key: 'implement/T1/tutor', attempt: 1, worker: 'strong' };
    take('LLMCall', {
      ...tutor,
      stage: 'implement',
      role: 'tutor',
      outcome: 'stop',
      prompt: null,
      answer: null,
      usage: null,
    });
    assert.equal('mode' in (shown.get(`call/1/${tutor.key}`) as object), false);
    assert.equal(cellSchemas.call.safeParse(shown.get(key)).success, true);
  });

  it('says what it may cost while it is on its way, and its price beside its line once it has settled', () => {
    const { shown, take, address, key } = panel();
    take('RoutingDecision', { key: 'implement/T1/1', role: 'implementer', worker: 'cheap', reasons: [], refused: [] });
    take('SpendReserve', { ...address, microdollars: 30_000, tokens: 9 });
    assert.deepEqual(
      [priceAt(shown, key), (shown.get(key) as { role: string }).role],
      ['up to $0.0300', 'implementer'],
    );
    take('LLMCall', {
      ...address,
      stage: 'implement',
      role: 'implementer',
      outcome: 'stop',
      prompt: null,
      answer: null,
      usage: null,
      durationMs: 1,
      model: 'm',
    });
    assert.deepEqual([priceAt(shown, key), priceAt(shown, 'line/4')], ['up to $0.0300', undefined]);
    take('SpendSettle', { ...address, ...CLOUD });
    assert.deepEqual([priceAt(shown, key), priceAt(shown, 'line/4')], ['$0.0123', '$0.0123']);
    assert.equal(shown.has('line/5'), false);
    assert.equal(priceAt(shown, 'attempt/T1/1'), '$0.0123');
  });

  it('is unpriced where its worker is one without a price', () => {
    const { shown, take, address, key } = panel(['cheap']);
    take('SpendReserve', { ...address, microdollars: 0, tokens: 9 });
    assert.equal(priceAt(shown, key), '');
    take('SpendSettle', { ...address, ...FREE });
    assert.equal(priceAt(shown, key), 'unpriced');
  });

  it('is in doubt once its process is gone, and not any more once somebody knows', () => {
    const { shown, cells, take, address, key } = panel();
    take('SpendReserve', { ...address, microdollars: 30_000, tokens: 9 });
    cells.facts({ ...HERE, owner: 'nobody' });
    assert.equal(priceAt(shown, key), 'in doubt, up to $0.0300');
    take('SpendSettle', { ...address, ...CLOUD });
    assert.equal(priceAt(shown, key), '$0.0123');
  });
});
