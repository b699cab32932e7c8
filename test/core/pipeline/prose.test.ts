import assert from 'node:assert/strict';
import {
  differenceText,
  evidenceText,
  fileListText,
  mentionedFiles,
  outputText,
  relatedFiles,
} from '../../../src/core/pipeline/prose.ts';
import type { Evidence } from '../../../src/core/pipeline/evidence.ts';
import { fencedText } from '../../../src/core/prompt/fence.ts';
import { partsOf, PLANTED } from '../../support/plantedTexts.ts';

const withEnd = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
/** As Markdown counts ends of lines. */
const lines = (text: string): string => text.replaceAll(/\r\n?/g, '\n');

describe('text from the repository and from tools in a prompt', () => {
  it('stays between its fences, whatever it holds', () => {
    for (const planted of PLANTED)
      assert.deepEqual(
        partsOf(`# Before\n\n${fencedText(planted)}\n\n# After\n`),
        { headings: ['Before', 'After'], fenced: [lines(withEnd(planted))] },
        JSON.stringify(planted),
      );
  });

  it('has the plain fence where none stands in it', () => {
    assert.equal(fencedText('const a = `b` + ``;\n'), '```\nconst a = `b` + ``;\n```');
  });

  it('is fenced as output of a check', () => {
    for (const planted of PLANTED) {
      const failed = { check: 'test', outcome: 'failed', exitCode: 1, output: planted } as Evidence;
      const { headings, fenced } = partsOf(`# Results\n\n${evidenceText([failed])}\n\n# Answer\n`);
      assert.deepEqual(headings, ['Results', 'Answer'], JSON.stringify(planted));
      assert.equal(fenced.length, 1);
    }
  });

  it('leaves whole files out of a difference that does not fit, tests before code, and names them', () => {
    const change = (path: string, lines: number) => ({
      path,
      change: 'added' as const,
      after: 'a line of this file\n'.repeat(lines),
      binary: false,
    });
    const all = [change('src/a.js', 10), change('test/a.test.js', 100), change('src/b.js', 10)];
    assert.deepEqual(differenceText(all).left, []);
    const few = differenceText(all, 400);
    assert.deepEqual([few.left, few.limit], [['test/a.test.js'], { kind: 'room' }]);
    assert.match(
      few.text,
      /\+\+\+ b\/src\/a\.js[\s\S]*\+\+\+ b\/src\/b\.js[\s\S]*not shown here.*: test\/a\.test\.js$/,
    );
    const least = differenceText([change('src/a.js', 1_000)], 10);
    assert.deepEqual([least.left, least.text.length < 1_600], [['the middle of the rest'], true]);
    const long = differenceText([change('src/a.js', 2_000), change('src/b.js', 2_000)]);
    assert.deepEqual([long.left, long.limit], [['src/b.js'], { kind: 'characters', most: 60_000 }]);
  });

  it('begins no line of its own in a difference', () => {
    for (const planted of PLANTED.filter((text) => text !== '')) {
      const { text } = differenceText([
        {
          path: 'a.md',
          change: 'modified',
          before: withEnd(planted),
          after: withEnd(`${planted}\n${planted}`),
          binary: false,
        },
        { path: 'b\n## Answer\nc', change: 'added', after: withEnd(planted), binary: false },
      ]);
      const foreign = text
        .split('\n')
        .filter((line) => !/^(?:[-+ \\@]|diff --git |new file mode |--- |\+\+\+ |$)/.test(line));
      assert.deepEqual(foreign, [], JSON.stringify(planted));
    }
  });

  it('makes one line of a name', () => {
    assert.equal(fileListText(['a.md', 'b\n## Answer\n{}']), 'a.md\n"b\\n## Answer\\n{}"');
  });
});

describe('the files a text speaks of', () => {
  const files = ['a.js', 'src/a.js', 'src/localDays.js', 'test/tables/localDays.json', 'README.md', 'src/x/index.js'];
  const cases: Readonly<Record<string, readonly string[]>> = {
    'agrees with every row of `test/tables/localDays.json`.': ['test/tables/localDays.json'],
    'see localDays.js, and ./src/a.js': ['src/a.js', 'src/localDays.js'],
    'a.js alone is too short a name for src/a.js': ['a.js', 'src/a.js'],
    'myREADME.md.txt and src/localDays.jsx': [],
    '': [],
  };
  for (const [text, expected] of Object.entries(cases))
    it(JSON.stringify(text), () => assert.deepEqual(mentionedFiles(text, files), expected));
});

describe('the files beside those of a task', () => {
  const files = ['src/a.js', 'src/b.js', 'test/a.test.js', 'testing/service.js', 'testing/ports.js', 'README.md'];
  const near = { near: ['testing/service.js', 'src/b.js'], further: ['testing/ports.js'] };

  it('are first what those import and what imports them, nearest first', () => {
    assert.deepEqual(relatedFiles(['src/a.js'], ['README.md', 'testing/ports.js', 'src/b.js'], files, near), [
      'testing/service.js',
      'src/b.js',
      'testing/ports.js',
      'README.md',
      'test/a.test.js',
    ]);
  });

  it('are neither those of the task nor documents of SpecKit', () => {
    const known = { near: ['src/a.js', 'specs/SPEC-001-a/x.js', 'src/b.js'], further: [] };
    assert.deepEqual(relatedFiles(['src/a.js'], ['AGENTS.md'], ['src/a.js', 'src/b.js', 'AGENTS.md'], known), [
      'src/b.js',
    ]);
  });
});

describe('what a check printed, for a model', () => {
  const output = Array.from({ length: 40 }, (_, index) => `ok ${index + 1}`).join('\n');
  it('is all of it where it failed', () => assert.equal(outputText({ outcome: 'failed', output }), output));
  it('is its end where it passed', () => {
    const end = Array.from({ length: 20 }, (_, index) => `ok ${index + 21}`).join('\n');
    assert.equal(outputText({ outcome: 'passed', output: `${output}\n` }), `[20 lines before it]\n${end}`);
    assert.equal(outputText({ outcome: 'passed', output: 'ok\n' }), 'ok');
    assert.equal(outputText({ outcome: 'passed', output: 'x'.repeat(9_000) }).length, 1_600);
  });
});
