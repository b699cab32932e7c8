import assert from 'node:assert/strict';
import { droppedBlobs, passingBlobs } from '../../../src/core/run/capture.ts';
import type { EventKind, Payload, RunEvent } from '../../../src/core/run/event.ts';

type Line = { [Kind in EventKind]: readonly [Kind, Partial<Payload<Kind>>] }[EventKind];

/** A log with only the members that are looked at. */
const log = (...lines: readonly Line[]): readonly RunEvent[] =>
  lines.map(([kind, payload], index) => ({ seq: index + 1, kind, payload }) as unknown as RunEvent);

const name = (letter: string): string => letter.repeat(64);
const blob = (letter: string) => ({ sha256: name(letter), bytes: 1 });
const call = (answer: string, prompt: string): Line => ['LLMCall', { answer: blob(answer), prompt: blob(prompt) }];
const step = (key: string, effect: 'model' | 'command', output: string): readonly Line[] => [
  ['StepStart', { key, effect }],
  ['StepEnd', { key, output: { blob: blob(output) } }],
];
const RUN = log(...step('plan', 'model', 'a'), call('b', 'c'), ...step('check', 'command', 'd'), [
  'ProposalCreate',
  { content: blob('e'), brief: blob('f') },
]);

describe('what a run does not keep once it has ended', () => {
  for (const [mode, letters] of [
    ['none', ['a', 'b']],
    ['prompts_only', ['a', 'b']],
    ['full_io', []],
  ] as const)
    it(`in capture mode ${mode}`, () => {
      assert.deepEqual([...passingBlobs(RUN, mode).keys()].sort(), letters.map(name));
    });

  it('is nothing that a verdict cites in the same words', () => {
    assert.deepEqual([...passingBlobs(log(...step('plan', 'model', 'e'), ...RUN.map(asLine)), 'none').keys()].sort(), [
      name('a'),
      name('b'),
    ]);
  });

  it('is gone until it is written again', () => {
    const dropped: Line = ['BlobsDropped', { sha256: [name('a'), name('b')] }];
    const events = log(...RUN.map(asLine), dropped, ...step('plan', 'model', 'a'));
    assert.deepEqual([...droppedBlobs(events)], [name('b')]);
    assert.deepEqual([...passingBlobs(events, 'none').keys()], [name('a')]);
  });
});

const asLine = ({ kind, payload }: RunEvent): Line => [kind, payload] as unknown as Line;
