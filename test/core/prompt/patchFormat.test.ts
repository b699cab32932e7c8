import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { applyPatch } from '../../../src/core/patch/apply.ts';
import { parsePatch } from '../../../src/core/patch/parse.ts';
import { patchSchema } from '../../../src/core/pipeline/outputs.ts';
import type { FileChange } from '../../../src/core/ports.ts';

/*
 * What a model is told about patches is what the engine reads: the example, and every other form that is named.
 */

const told = readFileSync(path.resolve(import.meta.dirname, '../../../prompts/partials/patch-format.md'), 'utf8');

const BEFORE = "export function greet(name) {\n  return 'Hello ' + name;\n}\n";
const AFTER = 'export function greet(name) {\n  return `Hello, ${name}!`;\n}\n';
const TWICE = `class Old {\n  hello() {\n    return 1;\n  }\n}\nclass Greeter {\n  hello() {\n    return 1;\n  }\n}\n`;

const FORMS: Readonly<Record<string, string>> = {
  'a unified diff': `--- a/src/greet.js\n+++ b/src/greet.js\n@@ -1,3 +1,3 @@\n export function greet(name) {\n-  return 'Hello ' + name;\n+  return \`Hello, \${name}!\`;\n }\n`,
  'search/replace blocks': `src/greet.js\n<<<<<<< SEARCH\n  return 'Hello ' + name;\n=======\n  return \`Hello, \${name}!\`;\n>>>>>>> REPLACE\n`,
  'the whole file': `src/greet.js\n\`\`\`\n${AFTER}\`\`\`\n`,
};

function applied(text: string, files: Readonly<Record<string, string>>): readonly FileChange[] {
  const patch = parsePatch(text);
  assert.ok(patch.kind === 'ok', JSON.stringify(patch));
  const changes = applyPatch(patch.value, new Map(Object.entries(files)));
  assert.ok(changes.kind === 'ok', JSON.stringify(changes));
  return changes.value.changes;
}

/** The example of a whole answer that a local model is told. */
function toldAnswer(): string {
  const file = path.resolve(import.meta.dirname, '../../../prompts/stages/implement-single.md');
  return /^Example of a whole answer:\n(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
}

describe('the patch format that a model is told', () => {
  it('has an example that applies as it stands', () => {
    const example = /^\*\*\* Begin Patch\n[\s\S]*?^\*\*\* End Patch$/m.exec(told)?.[0] ?? '';
    assert.deepEqual(applied(example, { 'src/greet.js': BEFORE }), [
      { kind: 'write', path: 'src/greet.js', content: AFTER },
      { kind: 'write', path: 'test/greet.test.js', content: "import { greet } from '../src/greet.js';\n" },
    ]);
  });

  it('has an example of a whole answer, for a local model, that is one and applies', () => {
    const { patch } = patchSchema.parse(JSON.parse(toldAnswer()));
    assert.deepEqual(applied(patch, { 'src/greet.js': BEFORE }), [
      { kind: 'write', path: 'src/greet.js', content: AFTER.replace('`Hello, ${name}!`', '"Hello, " + name') },
      { kind: 'write', path: 'test/greet.test.js', content: "import { greet } from '../src/greet.js';\n" },
    ]);
  });

  it('finds the place behind the line after @@', () => {
    const patch = (anchor: string): string =>
      `*** Begin Patch\n*** Update File: a.js\n@@${anchor}\n   hello() {\n-    return 1;\n+    return 2;\n   }\n*** End Patch\n`;
    assert.match(told, /`@@ class Greeter`/);
    assert.deepEqual(applied(patch(' class Greeter'), { 'a.js': TWICE }), [
      { kind: 'write', path: 'a.js', content: TWICE.replace(/1(?=[^1]*$)/, '2') },
    ]);
    const bare = parsePatch(patch(''));
    assert.equal(bare.kind === 'ok' && applyPatch(bare.value, new Map([['a.js', TWICE]])).kind, 'error');
  });

  it('deletes and renames', () => {
    const patch =
      '*** Begin Patch\n*** Delete File: a\n*** Update File: b\n*** Move to: c\n@@\n-x\n+y\n*** End Patch\n';
    for (const line of ['*** Delete File: path', '*** Move to: new path'])
      assert.ok(told.includes(`\`${line}\``), line);
    assert.deepEqual(applied(patch, { a: '1\n', b: 'x\n' }), [
      { kind: 'delete', path: 'a' },
      { kind: 'delete', path: 'b' },
      { kind: 'write', path: 'c', content: 'y\n' },
    ]);
  });

  for (const [name, text] of Object.entries(FORMS))
    it(`may be ${name}`, () => {
      assert.ok(told.replaceAll('\n', ' ').includes(name), name);
      assert.deepEqual(applied(text, { 'src/greet.js': BEFORE }), [
        { kind: 'write', path: 'src/greet.js', content: AFTER },
      ]);
    });
});
