import assert from 'node:assert/strict';
import type { Progress } from '../../../src/core/pipeline/context.ts';
import type { RunEvent } from '../../../src/core/run/event.ts';
import { createPresentCall } from '../../../src/extension/engine/presentCall.ts';

const call = (worker: string, characters: number): Progress => ({
  kind: 'call',
  role: 'architect',
  worker,
  characters,
});
const text = (words: string): Progress => ({ kind: 'text', role: 'architect', text: words });

describe('the call that is on its way', () => {
  const check = (heard: readonly (Progress | 'ended')[], expected: readonly Progress[]): void => {
    const present = createPresentCall();
    for (const each of heard)
      if (each === 'ended') present.event({ kind: 'LLMCall', payload: { role: 'architect' } } as RunEvent);
      else present.progress(each);
    assert.deepEqual(present.soFar(), expected);
  };

  it('has said what came since it began', () => {
    check([], []);
    check([call('cheap', 3), text('One'), call('cheap', 7), text(' two')], [call('cheap', 7), text('One two')]);
  });

  it('begins anew with another worker, another attempt, or after it has ended', () => {
    check([call('cheap', 3), text('One'), call('strong', 3), text('Two')], [call('strong', 3), text('Two')]);
    check([call('cheap', 3), text('One'), call('cheap', 2), text('Tw')], [call('cheap', 2), text('Tw')]);
    check([call('cheap', 3), text('One'), 'ended'], []);
  });

  it('is one of several where advisers call together', () => {
    const other = { kind: 'call', role: 'critic', worker: 'cheap', characters: 4 } as const;
    const words = { kind: 'text', role: 'critic', text: 'Four' } as const;
    check([call('cheap', 3), other, text('One'), words], [call('cheap', 3), text('One'), other, words]);
    check([call('cheap', 3), other, text('One'), words, 'ended'], [other, words]);
  });

  it('keeps the end of a long one', () => {
    const long = 'x'.repeat(100_000);
    check([call('cheap', 100_003), text(long), text('end')], [call('cheap', 100_003), text(`${long.slice(3)}end`)]);
  });
});
