import assert from 'node:assert/strict';
import { processEnvironment } from '../../src/node/processEnvironment.ts';

const always = { CI: '1', NO_COLOR: '1', FORCE_COLOR: '0' };

function check(
  inherited: Record<string, string>,
  given: Record<string, string> | undefined,
  expected: Record<string, string>,
): void {
  assert.deepEqual(processEnvironment(inherited, given), { ...expected, ...always });
}

describe('the environment of a command', () => {
  it('inherits a few variables only', () =>
    check({ PATH: '/bin', HOME: '/home/a', LANG: 'C', TMPDIR: '/t', EDITOR: 'vi' }, undefined, {
      PATH: '/bin',
      HOME: '/home/a',
      LANG: 'C',
      TMPDIR: '/t',
    }));
  it('takes what the request gives', () => check({ PATH: '/bin' }, { PATH: '/x', A: '1' }, { PATH: '/x', A: '1' }));
  it('keeps output plain whatever is given', () => check({}, { CI: '0', FORCE_COLOR: '3' }, {}));
  it('leaves out what looks like a key or steers a tool', () =>
    check(
      {},
      {
        OPENAI_API_KEY: 'a',
        github_token: 'b',
        My_Secret: 'c',
        DB_PASSWORD: 'd',
        npm_config_registry: 'e',
        NODE_OPTIONS: 'f',
        GIT_DIR: 'g',
        NODE_ENV: 'test',
      },
      { NODE_ENV: 'test' },
    ));
});
