import assert from 'node:assert/strict';
import { withImports, withIncludes, type ReadSource } from '../../../src/core/patch/checkSources.ts';

type Files = Readonly<Record<string, string>>;

const reading =
  (files: Files): ReadSource =>
  async (path) =>
    files[path];

async function check(files: Files, programs: readonly string[], expected: readonly string[]): Promise<void> {
  const found = await withImports(new Set(programs), reading(files));
  // What merely could stand in the place of a file is told by the cases that are about it.
  assert.deepEqual([...found].filter((path) => path in files).toSorted(), [...expected].toSorted());
}

describe('what the program of a check imports', () => {
  it('is followed by relative paths, in turn, each way it can be written', () =>
    check(
      {
        'scripts/check.js': `import rules from './rules.js';\nimport "./side.mjs";\nexport { x } from '../tools/x.js';\nconst y = require("./deep/y");`,
        'scripts/rules.js': "const lazy = await import('./lazy.js');",
        'scripts/side.mjs': '',
        'scripts/lazy.js': "import './rules.js';",
        'scripts/deep/y/index.js': "require('../../data.json')",
        'scripts/data.json': '{}',
        'tools/x.ts': '',
      },
      ['scripts/check.js'],
      [
        'scripts/check.js',
        'scripts/rules.js',
        'scripts/side.mjs',
        'scripts/lazy.js',
        'scripts/deep/y/index.js',
        'scripts/data.json',
        'tools/x.ts',
      ],
    ));

  it('is not followed into the product, out of the repository, into tests, or from a program that is no tool', () =>
    check(
      {
        'scripts/smoke.js': "import '../src/app.js'; import '../../etc/x.js'; import './a.test.js'; import 'node:fs';",
        'src/app.js': "import './lib.js';",
        'src/lib.js': '',
        'scripts/a.test.js': '',
        'etc/x.js': '',
        'check.js': "import './lib.js';",
        'lib.js': '',
      },
      ['scripts/smoke.js', 'check.js'],
      ['scripts/smoke.js', 'check.js'],
    ));

  it('counts with what would be found before it, and ends at its limit', async () => {
    const found = await withImports(
      new Set(['scripts/a.js']),
      reading({ 'scripts/a.js': "require('./b')", 'scripts/b/index.js': '' }),
    );
    assert.ok(found.has('scripts/b.js') && found.has('scripts/b/index.js') && !found.has('scripts/b/index.ts'));
    let nRead = 0;
    await withImports(new Set(['scripts/0.js']), async (path) => {
      nRead += 1;
      return `import './${Number(/\d+/.exec(path)?.[0]) + 1}.js';`;
    });
    assert.equal(nRead, 100);
  });
});

describe('a Makefile', () => {
  it('is read with what it includes by plain names, in turn', async () => {
    const files = {
      'mk/common.mk': 'include mk/deep.mk mk/none.mk\n',
      'mk/deep.mk': '\t./deep.sh\n',
      'x.mk': '\t./x.sh\n',
    };
    const text =
      'include mk/common.mk # first\n-include x.mk $(wildcard *.mk) *.mk /etc/x.mk ../out.mk\ntest:\n\tinclude\n';
    const made = await withIncludes(text, reading(files));
    assert.deepEqual(made.files, ['mk/common.mk', 'x.mk', 'mk/deep.mk']);
    assert.equal(made.text, [text, files['mk/common.mk'], files['x.mk'], files['mk/deep.mk']].join('\n'));
  });
});
