import assert from 'node:assert/strict';
import { checkMessage } from '../support/message.ts';
import { scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';

/** Words that ask for what there is not, in a project with the proposal `run-1`. All are mistakes of use. */
const mistakes: readonly (readonly [name: string, ...words: string[]])[] = [
  ['an-unknown-verb', 'aprove', 'run-1'],
  ['an-unknown-option', 'auto', 'SPEC-001', '--fast'],
  ['an-argument-is-missing', 'approve'],
  ['an-argument-too-many', 'auto', 'SPEC-001', 'SPEC-002'],
  ['an-unknown-stage', 'auto', 'SPEC-001', '--pause', 'lunch'],
  ['an-unknown-run', 'show', 'run-9'],
  ['a-spec-where-a-run-is-needed', 'show', 'SPEC-001'],
  ['a-run-id-with-a-path-in-it', 'show', '../../../etc'],
  ['a-new-run-id-with-a-path-in-it', 'auto', 'SPEC-001', '--run-id', '../run'],
  ['a-run-id-that-is-taken', 'auto', 'SPEC-001', '--run-id', 'run-1'],
  ['a-rejection-without-a-reason', 'reject', 'run-1'],
  ['a-hunk-without-its-file', 'approve', 'run-1', '--hunk', '1'],
  ['a-hunk-that-does-not-exist', 'approve', 'run-1', '--file', 'src/greet.js', '--hunk', '9'],
  ['a-file-the-proposal-does-not-change', 'approve', 'run-1', '--file', 'src/other.js'],
  ['undo-of-what-was-not-applied', 'undo', 'run-1'],
  ['an-answer-without-its-question', 'clarify', 'run-1', '--answer', 'yes'],
  ['an-answer-to-no-question', 'clarify', 'run-1', '--answer', 'Q7=yes'],
  ['clarify-of-nothing-known', 'clarify', 'SPEC-404'],
  ['init-over-an-existing-file', 'init', '--offline'],
];

describe('words that ask for what there is not', function () {
  this.timeout(30_000);
  let project: ScriptedProject;
  before(async () => {
    project = await scriptedProject();
    assert.equal((await project.speckit('auto', 'SPEC-001', '--run-id', 'run-1')).exit, 11);
  });
  after(() => project[Symbol.asyncDispose]());

  for (const [name, ...words] of mistakes) {
    it(`are answered: ${name.replaceAll('-', ' ')}`, async () => {
      const result = await project.speckit(...words);
      checkMessage(name, {
        words,
        result,
        hide: [
          [project.root, '<repository>'],
          [project.folder.path, '<folder>'],
        ],
      });
      assert.equal(result.exit, 4);
    });
  }

  it('leave the proposal as it was', async () => {
    assert.equal((await project.speckit('approve', 'run-1')).exit, 0);
  });
});
