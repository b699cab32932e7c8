import assert from 'node:assert/strict';
import { isPersonsFile } from '../../../src/core/policy/personsFiles.ts';

function check(path: string, isPersons: boolean): void {
  assert.equal(isPersonsFile(path, 'specs'), isPersons, path);
}

describe('the files that only a person changes', () => {
  it('are the rules, the constitution, the specs with their approvals, and what git and SpecKit keep', () => {
    check('speckit.toml', true);
    check('memory/constitution.md', true);
    check('.specify/memory/constitution.md', true);
    check('specs/SPEC-001-greeting/approvals.jsonl', true);
    check('specs/SPEC-001-greeting/spec.md', true);
    check('.git/config', true);
    check('packages/one/.git/hooks/pre-commit', true);
    check('.speckit/memory/x', true);
  });

  it('are the same in any letter case', () => {
    check('SpecKit.TOML', true);
    check('Specs/SPEC-001-greeting/Approvals.jsonl', true);
  });

  it('are no others', () => {
    check('src/speckit.toml.ts', false);
    check('docs/constitution.md', false);
    check('src/specs.ts', false);
    check('.gitignore', false);
  });
});
