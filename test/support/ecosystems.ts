import type { FileSeed } from './gitRepository.ts';

/** One line of README's table of ecosystems. `tested` ones are taken end to end with their real tool by test/cli/ecosystems.test.ts. */
export interface Ecosystem {
  readonly name: string;
  readonly marker: string;
  readonly tool: string;
  readonly state: 'tested' | 'detected, not tested';
}

/** What `speckit init` finds, and what of it is shown to work. docs/ecosystems.md holds this table. */
export const ECOSYSTEMS: readonly Ecosystem[] = [
  { name: 'npm', marker: '`package.json`', tool: 'npm', state: 'tested' },
  { name: 'pnpm', marker: '`pnpm-lock.yaml`', tool: 'pnpm', state: 'detected, not tested' },
  { name: 'yarn', marker: '`yarn.lock`', tool: 'yarn', state: 'detected, not tested' },
  { name: 'cargo', marker: '`Cargo.toml`', tool: 'cargo', state: 'tested' },
  { name: 'go', marker: '`go.mod`', tool: 'go', state: 'detected, not tested' },
  { name: 'python', marker: '`pyproject.toml`, tests in `test_*.py`', tool: 'python3', state: 'tested' },
  { name: 'maven', marker: '`pom.xml`', tool: 'mvn', state: 'detected, not tested' },
  { name: 'gradle', marker: '`build.gradle`, `build.gradle.kts`', tool: 'gradle', state: 'detected, not tested' },
  { name: 'make', marker: 'a `Makefile` with a target `test` or `check`', tool: 'make', state: 'tested' },
];

/** The table as Markdown. */
export function ecosystemsTable(): string {
  const rows = ECOSYSTEMS.map(({ name, marker, tool, state }) => `| ${name} | ${marker} | \`${tool}\` | ${state} |`);
  return ['| ecosystem | found by | tool | state |', '|---|---|---|---|', ...rows].join('\n');
}

/** A tiny repository of one ecosystem with a greeting to change: what is there, and what the scripted model writes. */
export interface TinyRepository {
  readonly ecosystem: string;
  readonly files: Readonly<Record<string, FileSeed>>;
  readonly source: string;
  readonly test: string;
  readonly goodSource: string;
  readonly goodTest: string;
}

/** Repositories that SpecKit's own tests use nowhere else. Each has a test that passes before the change. */
export const TINY_REPOSITORIES: readonly TinyRepository[] = [
  {
    ecosystem: 'npm',
    source: 'lib/hello.cjs',
    test: 'test/hello.test.cjs',
    files: {
      'package.json': '{ "name": "hello", "version": "1.0.0", "scripts": { "test": "node --test" } }\n',
      'lib/hello.cjs': 'exports.hello = (name) => `Hi ${name}`;\n',
      'test/length.test.cjs':
        "const { test } = require('node:test');\nconst assert = require('node:assert');\nconst { hello } = require('../lib/hello.cjs');\n\ntest('says something', () => {\n  assert.ok(hello('x').length > 0);\n});\n",
    },
    goodSource: "exports.hello = (name) => (name === '' ? 'Hello, stranger!' : `Hello, ${name}!`);\n",
    goodTest:
      "const { test } = require('node:test');\nconst assert = require('node:assert');\nconst { hello } = require('../lib/hello.cjs');\n\ntest('FR-001 greets by name', () => {\n  assert.equal(hello('Ada'), 'Hello, Ada!');\n});\n\ntest('FR-002 greets a stranger', () => {\n  assert.equal(hello(''), 'Hello, stranger!');\n});\n",
  },
  {
    ecosystem: 'cargo',
    source: 'src/lib.rs',
    test: 'tests/hello.rs',
    files: {
      'Cargo.toml': '[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n',
      'Cargo.lock': 'version = 3\n\n[[package]]\nname = "hello"\nversion = "0.1.0"\n',
      '.gitignore': '/target\n',
      'src/lib.rs': 'pub fn hello(name: &str) -> String {\n    format!("Hi {name}")\n}\n',
      'tests/length.rs': '#[test]\nfn says_something() {\n    assert!(!hello::hello("x").is_empty());\n}\n',
    },
    goodSource:
      'pub fn hello(name: &str) -> String {\n    if name.is_empty() {\n        return "Hello, stranger!".to_string();\n    }\n    format!("Hello, {name}!")\n}\n',
    goodTest:
      '#[test]\nfn fr_001_greets_by_name() {\n    assert_eq!(hello::hello("Ada"), "Hello, Ada!");\n}\n\n#[test]\nfn fr_002_greets_a_stranger() {\n    assert_eq!(hello::hello(""), "Hello, stranger!");\n}\n',
  },
  {
    ecosystem: 'python',
    source: 'hello.py',
    test: 'tests/test_hello.py',
    files: {
      'pyproject.toml': '[project]\nname = "hello"\nversion = "0.1.0"\n',
      '.gitignore': '__pycache__/\n',
      'hello.py': 'def hello(name):\n    return f"Hi {name}"\n',
      'tests/__init__.py': '',
      'tests/test_length.py':
        'import unittest\n\nfrom hello import hello\n\n\nclass Length(unittest.TestCase):\n    def test_says_something(self):\n        self.assertTrue(hello("x"))\n',
    },
    goodSource:
      'def hello(name):\n    if name == "":\n        return "Hello, stranger!"\n    return f"Hello, {name}!"\n',
    goodTest:
      'import unittest\n\nfrom hello import hello\n\n\nclass Hello(unittest.TestCase):\n    def test_fr_001_greets_by_name(self):\n        self.assertEqual(hello("Ada"), "Hello, Ada!")\n\n    def test_fr_002_greets_a_stranger(self):\n        self.assertEqual(hello(""), "Hello, stranger!")\n',
  },
  {
    ecosystem: 'make',
    source: 'hello.c',
    test: 'tests/test_hello.c',
    files: {
      Makefile:
        'CC = cc\nTESTS = $(patsubst %.c,build/%,$(wildcard tests/*.c))\n\n.PHONY: test\ntest: $(TESTS)\n\t@set -e; for program in $(TESTS); do ./$$program; done\n\nbuild/tests/%: tests/%.c hello.c hello.h\n\t@mkdir -p build/tests\n\t$(CC) -I. -o $@ $< hello.c\n',
      '.gitignore': '/build\n',
      'hello.h': 'void hello(const char *name, char *out, unsigned long size);\n',
      'hello.c':
        '#include <stdio.h>\n#include "hello.h"\n\nvoid hello(const char *name, char *out, unsigned long size) {\n    snprintf(out, size, "Hi %s", name);\n}\n',
      'tests/test_length.c':
        '#include <assert.h>\n#include <string.h>\n#include "hello.h"\n\nint main(void) {\n    char out[64];\n    hello("x", out, sizeof out);\n    assert(strlen(out) > 0);\n    return 0;\n}\n',
    },
    goodSource:
      '#include <stdio.h>\n#include "hello.h"\n\nvoid hello(const char *name, char *out, unsigned long size) {\n    snprintf(out, size, "Hello, %s!", name[0] ? name : "stranger");\n}\n',
    goodTest:
      '#include <assert.h>\n#include <string.h>\n#include "hello.h"\n\nint main(void) {\n    char out[64];\n    /* FR-001 */\n    hello("Ada", out, sizeof out);\n    assert(strcmp(out, "Hello, Ada!") == 0);\n    /* FR-002 */\n    hello("", out, sizeof out);\n    assert(strcmp(out, "Hello, stranger!") == 0);\n    return 0;\n}\n',
  },
];
