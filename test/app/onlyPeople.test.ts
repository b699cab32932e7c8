import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { VERBS } from '../../src/cli/verbs.ts';
import { TOOL_NAMES } from '../../src/core/agent/tools.ts';
import { configurationSchema } from '../../src/core/settings.ts';

const root = path.resolve(import.meta.dirname, '../..');
const sources = globSync('src/**/*.ts', { cwd: root }).map(
  (file) => [file, readFileSync(path.join(root, file), 'utf8')] as const,
);

/** The files in which an event of this kind is written into a log. */
const writersOf = (kind: string): readonly string[] =>
  sources.flatMap(([file, text]) => (new RegExp(`(append|note)\\(\\s*'${kind}'`).test(text) ? [file] : [])).sort();

/** The files that import this one, for more than its types. */
const importersOf = (target: string): readonly string[] =>
  sources
    .flatMap(([file, text]) => {
      const named = [...text.matchAll(/import (?!type)[^;]*?from '([^']+)'|import\('([^']+)'\)/g)].map(
        ([, from, loaded]) => path.posix.join(path.posix.dirname(file), from ?? loaded ?? ''),
      );
      return named.includes(target) ? [file] : [];
    })
    .sort();

/** Says a person's recorded decisions again, in a log of its own that ends with it. */
const REPLAY = 'src/app/replay.ts';

describe('an answer to a question, and a rule that it makes', () => {
  it('is written only by what a person asks for', () => {
    assert.deepEqual(writersOf('QuestionAnswer'), ['src/app/answers.ts', REPLAY]);
    assert.deepEqual(
      ['answers', 'allowCommand'].map((name) => importersOf(`src/app/${name}.ts`)),
      [['src/app/createApp.ts'], ['src/app/answers.ts', 'src/app/createApp.ts']],
    );
  });
});

describe('a decision about a proposal', () => {
  it('is written only by what a person asks for, and by nothing that a model or a stage can reach', () => {
    assert.deepEqual(
      ['ApprovalDecision', 'ProposalEdit', 'ProposalMerge', 'ProposalApply', 'ApplyUndo'].map(writersOf),
      [
        ['src/app/approval.ts', REPLAY],
        ['src/app/edit.ts', REPLAY],
        ['src/app/apply.ts'],
        ['src/app/apply.ts'],
        ['src/app/undo.ts'],
      ],
    );
    assert.deepEqual(
      ['approval', 'undo', 'edit', 'apply'].map((name) => importersOf(`src/app/${name}.ts`)),
      [
        ['src/app/createApp.ts'],
        ['src/app/createApp.ts'],
        ['src/app/createApp.ts'],
        ['src/app/approval.ts', 'src/app/edit.ts', 'src/app/undo.ts'],
      ],
    );
  });

  it('is no tool of a model', () => {
    assert.deepEqual(TOOL_NAMES, ['read_file', 'list_files', 'search', 'apply_patch', 'run_check', 'ask_for_file']);
  });

  it('cannot be given in advance: no option and no setting approves', () => {
    const flags = VERBS.flatMap(({ usage, options = [] }) =>
      options.map(([flag]) => ({ verb: usage.split(' ')[0], flag })),
    );
    const suspicious = flags.filter(({ flag }) => /approv|--yes|--apply|--force/.test(flag));
    assert.deepEqual(suspicious, [{ verb: 'init', flag: '--force' }]);
    assert.doesNotMatch(JSON.stringify(z.toJSONSchema(configurationSchema, { io: 'input' })), /approv/i);
  });
});
