import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { panelActionSchema, reflexActionSchema } from '../../src/protocol/panelActions.ts';

const isTaken = (message: unknown): boolean => panelActionSchema.safeParse(message).success;

describe('a message of the webview', () => {
  it('is taken when it is one of the actions', () => {
    for (const message of [
      { kind: 'ready' },
      { kind: 'tell', text: 'be brief' },
      { kind: 'approveAll', round: 2 },
      { kind: 'link', url: 'https://example.com' },
    ])
      assert.ok(isTaken(message), JSON.stringify(message));
  });

  it('is dropped when it is anything else', () => {
    for (const message of [
      undefined,
      null,
      'ready',
      [],
      {},
      { kind: 'READY' },
      { kind: '__proto__' },
      { kind: 'constructor' },
      { kind: 'ready', more: 1 },
      { kind: 'approveAll' },
      { kind: 'approveAll', round: '2' },
      { kind: 'approveAll', round: 1.5 },
      { kind: 'approveAll', round: 2, folder: '/etc' },
      { kind: 'tell', text: 'x'.repeat(4_001) },
      { kind: 'answer', question: 'q'.repeat(41), answer: 'a' },
      { kind: 'link', url: 'https://example.com/'.padEnd(2_001, 'x') },
      { kind: 'open', place: { kind: 'file', path: '/etc/passwd', command: 'x' } },
      { kind: 'executeCommand', command: 'workbench.action.terminal.new' },
      { kind: 'setting', key: 'speckitAuto.reflex.nvidiaSmi', value: '/tmp/x' },
    ])
      assert.ok(!isTaken(message), JSON.stringify(message)?.slice(0, 100));
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (value) => {
        panelActionSchema.safeParse(value);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an action of the reflex panel', () => {
  const isOfReflex = (message: unknown): boolean => reflexActionSchema.safeParse(message).success;

  it('is a command that is named there, or a report of a bake-off, and nothing else', () => {
    assert.deepEqual(
      [
        { kind: 'ready' },
        { kind: 'reflexCommand', command: 'bakeoff' },
        { kind: 'openReport', file: '.speckit/eval/reflex-bakeoff-20261121T120000-2.json' },
        { kind: 'reflexCommand', command: 'speckitAuto.reflexStart' },
        { kind: 'reflexCommand', command: 'start', folder: '/' },
        { kind: 'openReport', file: '.speckit/eval/reflex-bakeoff-../../../etc/passwd.json' },
        { kind: 'openReport', file: '/etc/reflex-bakeoff-1.json' },
        { kind: 'openReport', file: '.speckit/eval/reflex-bakeoff-1.json\n/etc/passwd' },
        { kind: 'openReport', file: '.speckit/eval/scorecard-1.json' },
      ].map(isOfReflex),
      [true, true, true, false, false, false, false, false, false],
    );
  });
});
