import assert from 'node:assert/strict';
import { importsOf, nearFiles } from '../../../src/core/pipeline/imports.ts';

/** What a file with this text imports of a repository of these files. */
const check = (path: string, text: string, files: readonly string[], expected: readonly string[]): void =>
  assert.deepEqual(importsOf(path, text, new Set([path, ...files])), expected, text);

describe('the files that a file imports', () => {
  it('are read from JavaScript and TypeScript, whatever the import leaves out', () => {
    const files = ['testing/service.js', 'src/store.ts', 'src/part/index.js', 'src/table.json', 'src/other.js'];
    check('test/a.test.js', "import { service } from '../testing/service.js';", files, ['testing/service.js']);
    check('src/a.ts', "import type { Store } from './store.js';\nexport * from './part';", files, [
      'src/store.ts',
      'src/part/index.js',
    ]);
    check('src/a.cjs', "const store = require('./store');\nconst table = import(`./table.json`);", files, [
      'src/store.ts',
      'src/table.json',
    ]);
    check('src/a.js', "import fs from 'node:fs';\nimport { x } from 'other';\nimport './missing.js';", files, []);
    check('src/a.js', "import '../../outside.js';\nimport './a.js';", ['outside.js', ...files], []);
  });

  it('are read from Python, by package and from the folder', () => {
    const files = ['src/shop/__init__.py', 'src/shop/store.py', 'src/shop/models/item.py', 'tests/conftest.py'];
    check('tests/test_store.py', 'from shop.store import Store\nimport shop.models.item as item\n', files, [
      'src/shop/store.py',
      'src/shop/models/item.py',
    ]);
    check(
      'src/shop/api.py',
      'from .store import Store\nfrom . import store\nfrom .models import item, other\n',
      files,
      ['src/shop/store.py', 'src/shop/__init__.py', 'src/shop/models/item.py'],
    );
    check('src/shop/api.py', 'import os, sys\nfrom json import loads\n', files, []);
  });

  it('are read from Rust, Go, Java and C', () => {
    const rust = ['src/lib.rs', 'src/store.rs', 'src/store/disk.rs', 'src/money/mod.rs'];
    check('src/lib.rs', 'pub mod store;\nmod money;\n', rust, ['src/store.rs', 'src/money/mod.rs']);
    check('src/store.rs', 'mod disk;\nuse crate::money::Amount;\n', rust, ['src/store/disk.rs', 'src/money/mod.rs']);
    check(
      'cmd/main.go',
      'import (\n\t"fmt"\n\t"example.com/shop/internal/store"\n)\n',
      ['internal/store/store.go', 'internal/store/disk.go', 'store/other.txt'],
      ['internal/store/store.go', 'internal/store/disk.go'],
    );
    check(
      'src/test/java/a/StoreTest.java',
      'import a.b.Store;\nimport java.util.List;\n',
      ['src/main/java/a/b/Store.java'],
      ['src/main/java/a/b/Store.java'],
    );
    check('src/a.c', '#include "a.h"\n#include <stdio.h>\n', ['src/a.h', 'stdio.h'], ['src/a.h']);
  });
});

describe('the files that are near to those of a task', () => {
  const importing = (...paths: readonly string[]): string => paths.map((path) => `import '../${path}';`).join('\n');
  const texts = new Map([
    ['src/clock.js', ''],
    ['src/store.js', importing('src/clock.js')],
    ['src/server.js', importing('src/store.js')],
    ['test/store.test.js', importing('testing/service.js', 'src/store.js')],
    ['testing/service.js', importing('testing/ports.js')],
    ['testing/ports.js', ''],
    ['src/alone.js', ''],
  ]);

  it('are what they import, then what imports them, then one import further', () => {
    assert.deepEqual(nearFiles(['src/store.js', 'test/store.test.js'], texts), {
      near: ['src/clock.js', 'testing/service.js', 'src/server.js'],
      further: ['testing/ports.js'],
    });
    assert.deepEqual(nearFiles(['src/new.js'], texts), { near: [], further: [] });
  });

  it('are four at most of those that import them', () => {
    const many = new Map(
      Array.from({ length: 20 }, (_, index) => [`src/${index}.js`, importing('src/hub.js')] as const),
    );
    const { near } = nearFiles(['src/hub.js'], new Map([...many, ['src/hub.js', '']]));
    assert.equal(near.length, 4);
  });
});
