import assert from 'node:assert/strict';
import { withBaseDefinitions } from '../../../src/core/patch/definitions.ts';
import type { FileChange } from '../../../src/core/ports.ts';

function check(
  name: string,
  path: string,
  texts: readonly [string | undefined, string | undefined],
  expected: readonly FileChange[],
): void {
  const [before, after] = texts;
  const change = before === undefined ? 'added' : after === undefined ? 'deleted' : 'modified';
  const difference = {
    path,
    change,
    binary: false,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  } as const;
  it(name, () => assert.deepEqual(withBaseDefinitions([difference]), expected));
}

const write = (path: string, content: string): FileChange => ({ kind: 'write', path, content });
const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;

describe('withBaseDefinitions', () => {
  check('leaves other files alone', 'src/a.ts', ['a', 'b'], []);
  check('puts a changed file back whole', '.mocharc.json', ['{}', '{"grep":"x"}'], [write('.mocharc.json', '{}')]);
  check('puts a deleted file back', 'pytest.ini', ['[pytest]\n', undefined], [write('pytest.ini', '[pytest]\n')]);
  check('takes an added file out', 'jest.config.js', [undefined, 'x'], [{ kind: 'delete', path: 'jest.config.js' }]);

  const before = {
    name: 'a',
    scripts: { test: 'mocha', lint: 'oxlint' },
    dependencies: { b: '1' },
    mocha: { timeout: 1 },
  };
  check(
    'leaves package.json when only dependencies changed',
    'package.json',
    [json(before), json({ ...before, dependencies: { c: '2' } })],
    [],
  );
  check(
    'keeps new dependencies and puts scripts and test keys back',
    'package.json',
    [
      json(before),
      json({
        name: 'a',
        scripts: { test: 'true', pretest: 'rm -r test' },
        dependencies: { b: '1', c: '2' },
        jest: { bail: 1 },
      }),
    ],
    [
      write(
        'package.json',
        json({ name: 'a', scripts: before.scripts, dependencies: { b: '1', c: '2' }, mocha: { timeout: 1 } }),
      ),
    ],
  );
  check(
    'keeps the layout of package.json',
    'package.json',
    ['{"scripts":{"test":"a"}}', '{\r\n\t"scripts": {\r\n\t\t"test": "b"\r\n\t}\r\n}'],
    [write('package.json', '{\r\n\t"scripts": {\r\n\t\t"test": "a"\r\n\t}\r\n}')],
  );
  check(
    'puts package.json back whole when it cannot be read',
    'package.json',
    [json(before), '{'],
    [write('package.json', json(before))],
  );
  check('leaves an added package.json', 'package.json', [undefined, json(before)], []);

  check(
    'keeps new Cargo dependencies and puts lints back',
    'Cargo.toml',
    [
      '[package]\nname = "a"\n\n[lints.clippy]\nall = "deny"\n\n[dependencies]\nb = "1"\n',
      '[package]\nname = "a"\n\n[lints.clippy]\nall = "allow"\n\n[dependencies]\nb = "1"\nc = "2"\n',
    ],
    [
      write(
        'Cargo.toml',
        '[package]\nname = "a"\n\n[dependencies]\nb = "1"\nc = "2"\n[lints.clippy]\nall = "deny"\n\n',
      ),
    ],
  );
  check(
    'puts a TOML manifest back whole when its sections cannot be exchanged',
    'pyproject.toml',
    ['[tool]\npytest.x = 1\n', '[tool]\npytest.x = 2\n'],
    [write('pyproject.toml', '[tool]\npytest.x = 1\n')],
  );
  check(
    'leaves pyproject.toml when only dependencies changed',
    'pyproject.toml',
    ['[project]\na = 1\n', '[project]\na = 2\n'],
    [],
  );
  check(
    'takes the check sections out of an added pyproject.toml',
    'pyproject.toml',
    [undefined, '[project]\na = 1\n[tool.pytest.ini_options]\naddopts = "-k x"\n'],
    [write('pyproject.toml', '[project]\na = 1\n')],
  );
  check('a number that is not finite is no fault', 'Cargo.toml', ['[test]\nx = nan\n', '[test]\nx = inf\n'], []);
});
