import assert from 'node:assert/strict';
import { editorModelName, findEditorModel } from '../../../src/extension/models/editorModelName.ts';

const model = (vendor: string, id: string, family: string) => ({ vendor, id, family, name: `${family} of ${vendor}` });
const MODELS = [
  model('copilot', 'gpt-4o-2024', 'gpt-4o'),
  model('copilot', 'gpt-4o', 'gpt-4o'),
  model('other', 'qwen/coder', 'qwen'),
  model('qwen', 'coder', 'qwen'),
  model('other', 'gpt-4o', 'gpt-4o'),
];

const check = (wanted: string, expected: string | undefined): void => {
  const found = findEditorModel(MODELS, wanted);
  assert.equal(found === undefined ? undefined : editorModelName(found), expected);
};

describe("a model of the editor's", () => {
  const cases: readonly (readonly [wanted: string, expected: string | undefined])[] = [
    ['gpt-4o', 'copilot/gpt-4o'],
    ['other/gpt-4o', 'other/gpt-4o'],
    ['gpt-4o of other', 'other/gpt-4o'],
    ['qwen', 'other/qwen/coder'],
    ['qwen/qwen', 'qwen/coder'],
    // An id that looks like a vendor and an id is an id first.
    ['qwen/coder', 'other/qwen/coder'],
    ['other/qwen/coder', 'other/qwen/coder'],
    ['copilot/qwen', undefined],
    ['nobody/gpt-4o', undefined],
    ['gpt', undefined],
    ['', undefined],
  ];
  for (const [wanted, expected] of cases) it(`is ${expected ?? 'none'} for ${wanted}`, () => check(wanted, expected));
});
