import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { RunEvent } from '../../src/core/run/event.ts';
import { guidanceOf } from '../../src/app/guidanceIntake.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const started = (...paths: readonly string[]): readonly RunEvent[] => [
  { kind: 'RunStart', payload: { inputs: paths.map((path) => ({ path, sha256: null })) } } as unknown as RunEvent,
];

describe('AGENTS.md as a run takes it in', () => {
  it('is taken in by a new run, and by one that began with it; one that began before it was read goes on without', async () => {
    using folder = temporaryFolder('guidance');
    writeFileSync(folder.join('AGENTS.md'), 'Guidance.\n');
    assert.deepEqual(await guidanceOf(folder.path, []), { text: 'Guidance.\n' });
    assert.deepEqual(await guidanceOf(folder.path, started('spec.md', 'AGENTS.md')), { text: 'Guidance.\n' });
    assert.equal(await guidanceOf(folder.path, started('spec.md')), undefined);
  });

  it('is not read where it is no text, and says why', async () => {
    using folder = temporaryFolder('guidance');
    assert.deepEqual(await guidanceOf(folder.path, []), { text: undefined });
    const wrong: readonly (readonly [string | Uint8Array, RegExp])[] = [
      [new Uint8Array([65, 0, 66]), /is a binary file/],
      [new Uint8Array([65, 0xff]), /is not UTF-8 text/],
      ['x'.repeat(1_000_001), /has 1000001 bytes; at most 1000000 are read/],
    ];
    for (const [content, why] of wrong) {
      writeFileSync(folder.join('AGENTS.md'), content);
      const { text, why: said = '' } = (await guidanceOf(folder.path, [])) ?? { text: '' };
      assert.deepEqual([text, why.test(said)], [undefined, true], said);
    }
    using other = temporaryFolder('guidance');
    mkdirSync(other.join('AGENTS.md'));
    assert.match((await guidanceOf(other.path, []))?.why ?? '', /is no file/);
  });
});
