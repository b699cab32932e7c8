import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { commandLine } from '../support/commandLine.ts';
import { makeRepository } from '../support/gitRepository.ts';
import { configuration } from '../support/scriptedProject.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('speckit models list', () => {
  it('shows prices with their day, your own over them, and the worker that has none', async () => {
    using folder = temporaryFolder();
    const root = folder.join('repository');
    await makeRepository(root, {
      'speckit.toml': configuration('http://127.0.0.1:9').replace('gpt-6.1-sol', 'house-blend-70b'),
    });
    mkdirSync(folder.join('speckit/config'), { recursive: true });
    writeFileSync(
      folder.join('speckit/config/config.toml'),
      '[prices."gpt-6-luna"]\ninput_dollars = 7\noutput_dollars = 8\nbatch = { input_dollars = 3, output_dollars = 4 }\n',
    );
    const words = ['models', 'list'] as const;
    const { exit, stdout } = await commandLine({ cwd: root, home: folder.path }, ...words);
    assert.equal(exit, 0);
    assert.match(stdout, /^Prices of 2026-11-10, in dollars for a million tokens\n/);
    assert.match(
      stdout,
      /^From @earendil-works\/pi-ai 1\.5\.2: list prices at the standard tier\. It tells of no batch prices, and SpecKit makes no batch calls;/m,
    );
    assert.match(stdout, /^gpt-6-luna +7 +8 +7 +7 {2}your own config\.toml$/m);
    assert.match(stdout, /^ {2}in a batch +3 +4 +3 +3$/m);
    assert.match(stdout, /^ {2}above 272000 input tokens +20 +75 +2 +25$/m);
    assert.match(stdout, /^worker cheap {2}gpt-6-luna {2}paid by the token$/m);
    assert.match(stdout, /^worker strong {2}house-blend-70b {2}no price is known/m);
    const json = await commandLine({ cwd: folder.path, home: folder.path }, ...words, '--json');
    const known = JSON.parse(json.stdout) as { priceDate: string; workers: unknown[]; models: unknown[] };
    assert.deepEqual([known.priceDate, known.workers.length, known.models.length > 30], ['2026-11-10', 0, true]);
  });
});
