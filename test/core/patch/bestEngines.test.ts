import assert from 'node:assert/strict';
import { applyPatch } from '../../../src/core/patch/apply.ts';
import { parsePatch } from '../../../src/core/patch/parse.ts';

/*
 * What the best engines get wrong, sentence by sentence: each test is named by one of them and shows the other way. Finer cases lie in
 * test/scenarios/patch.
 */

/** The text of `a` after a patch (other files stay out of sight), or the kind of the refusal. */
function check(name: string, text: string, patch: string, expected: string | { readonly refused: string }): void {
  it(name, () => {
    assert.deepEqual(changed(text, patch), expected);
  });
}

function changed(text: string, patch: string): string | { readonly refused: string } | undefined {
  const parsed = parsePatch(patch, { path: 'a' });
  const applied = parsed.kind === 'ok' ? applyPatch(parsed.value, new Map([['a', text]])) : parsed;
  if (applied.kind === 'error') return { refused: applied.error.kind };
  const [change] = applied.value.changes;
  return change?.kind === 'write' ? change.content : undefined;
}

const update = (body: string): string => `*** Begin Patch\n*** Update File: a\n${body}*** End Patch\n`;

describe('what the best engines get wrong', () => {
  check(
    'they overwrite a line that somebody else changed meanwhile',
    'one();\ntwo(changed);\nthree();\nfour();\n',
    update('@@\n one();\n-two();\n+zwei();\n three();\n four();\n'),
    { refused: 'changed' },
  );
  check(
    "they write the patch's context back over the file's own bytes",
    'one();  \n\ttwo(“x”);\nthree();\n',
    update('@@\n one();\n two("x");\n-three();\n+drei();\n'),
    'one();  \n\ttwo(“x”);\ndrei();\n',
  );
  check(
    "they insert added lines with the patch's indentation instead of the file's",
    'class A {\n\trun() {\n\t\tone();\n\t}\n}\n',
    update('@@\n run() {\n   one();\n+  two();\n }\n'),
    'class A {\n\trun() {\n\t\tone();\n\t\ttwo();\n\t}\n}\n',
  );
  const equal = 'def left():\n    start()\n    end()\n\ndef right():\n    start()\n    end()\n';
  check(
    'they guess between equal places although an anchor could tell',
    equal,
    update('@@ def right():\n     start()\n-    end()\n+    stop()\n'),
    'def left():\n    start()\n    end()\n\ndef right():\n    start()\n    stop()\n',
  );
  check(
    'they guess between equal places although order could tell',
    equal,
    update('@@\n-def right():\n+def other():\n@@\n     start()\n-    end()\n+    stop()\n'),
    'def left():\n    start()\n    end()\n\ndef other():\n    start()\n    stop()\n',
  );
  check(
    'they guess between equal places where nothing tells',
    equal,
    update('@@\n     start()\n-    end()\n+    stop()\n'),
    { refused: 'ambiguous' },
  );
  check(
    'they leave half of a patch applied',
    'one();\ntwo();\n',
    update('@@\n-one();\n+eins();\n@@\n-nowhere();\n+nirgends();\n'),
    { refused: 'notFound' },
  );
  check('they always add a final newline', 'one\ntwo', update('@@\n one\n-two\n+zwei\n'), 'one\nzwei');
  check('they always drop a final newline', 'one\ntwo\n', update('@@\n one\n-two\n+zwei\n'), 'one\nzwei\n');
  const header = (text: string): string => `--- a/a\n+++ b/a\n${text}\n zero\n-one\n+eins\n two\n`;
  check(
    'they refuse @@ -1,3 +1,4 @@ headers',
    'x\ny\nzero\none\ntwo\n',
    header('@@ -1,3 +1,4 @@'),
    'x\ny\nzero\neins\ntwo\n',
  );
  check('they refuse bare @@ headers', 'x\ny\nzero\none\ntwo\n', header('@@'), 'x\ny\nzero\neins\ntwo\n');
  check(
    'they refuse fenced patches',
    'zero\none\ntwo\n',
    `Sure! This is the change:\n\n\`\`\`diff\n${header('@@')}\`\`\`\n\nIt renames one.\n`,
    'zero\neins\ntwo\n',
  );
  check(
    'nobody handles elided middles',
    'begin();\na();\nb();\nc();\nmiddle();\nend();\n',
    update('@@\n begin();\n // ... existing code ...\n middle();\n-end();\n+stop();\n'),
    'begin();\na();\nb();\nc();\nmiddle();\nstop();\n',
  );
  check(
    'nobody handles cut-off anchors',
    equal.replace('def right():', 'def right(first_parameter, second_parameter):'),
    update('@@ def right(first_para\n     start()\n-    end()\n+    stop()\n'),
    'def left():\n    start()\n    end()\n\ndef right(first_parameter, second_parameter):\n    start()\n    stop()\n',
  );
});

describe('applyPatch: what is large', () => {
  it('changes one line of a file of a megabyte', () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `const value${index} = compute(${index % 977}, "x");`);
    const text = `${lines.join('\n')}\n`;
    assert.ok(text.length > 1_000_000);
    assert.equal(changed(text, update(hunkAt(lines, 20_000))), text.replace(lines[20_000] ?? '', 'changed(20000);'));
  });

  it('takes a patch of five hundred hunks', () => {
    const lines = Array.from({ length: 3_500 }, (_, index) => `const value${index} = compute(${index % 97}, "x");`);
    const places = Array.from({ length: 500 }, (_, nth) => 2 + nth * 7);
    const after = lines.map((line, index) => (places.includes(index) ? `changed(${index});` : line));
    const patch = update(places.map((at) => hunkAt(lines, at)).join(''));
    assert.equal(changed(`${lines.join('\n')}\n`, patch), `${after.join('\n')}\n`);
  });
});

function hunkAt(lines: readonly string[], at: number): string {
  return `@@\n ${lines[at - 1]}\n-${lines[at]}\n+changed(${at});\n ${lines[at + 1]}\n`;
}
