import assert from 'node:assert/strict';
import { isInstallation } from '../../../src/core/pipeline/command.ts';

const cases: readonly (readonly [line: string, expected: boolean])[] = [
  ['npm ci', true],
  [' npm ci --ignore-scripts ', true],
  ['pnpm install --frozen-lockfile', true],
  ['yarn', true],
  ['yarn install --immutable', true],
  ['uv sync --frozen', true],
  ['pip install -r requirements.txt', true],
  ['python3 -m pip install -e .[test]', true],
  // Whatever does more than fetch has to run.
  ['npm ci && npm run generate', false],
  ['npm ci; rm x', false],
  ['npm ci $(./x)', false],
  ['npm run build', false],
  ['npm install\nnpm run generate', false],
  // Crates and modules lie in no folder of the repository.
  ['cargo fetch --locked', false],
  ['make deps', false],
  ['', false],
];

describe('a set-up that only installs', () => {
  for (const [line, expected] of cases)
    it(`${JSON.stringify(line)}: ${expected}`, () => assert.equal(isInstallation(line), expected));
});
