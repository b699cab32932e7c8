import * as fc from 'fast-check';

/*
 * Two texts of one file: lines from a small alphabet (so that repeats are common), LF, CRLF or a mixture, with or without a byte order mark
 * and a final newline. The second is the first with some lines replaced, taken out or put in.
 */

const line = fc.constantFrom(
  'a',
  'b',
  'b ',
  '  b',
  '',
  '}',
  '\tc',
  '- dash',
  '+ plus',
  '\\ back',
  '@@ at',
  '-- d',
  'ä „x“',
  'end\rcr',
);
const eol = fc.constantFrom('\n', '\r\n');
const text = fc
  .record({
    lines: fc.array(fc.tuple(line, eol), { maxLength: 30 }),
    hasFinalNewline: fc.boolean(),
    hasMark: fc.boolean(),
    oneEol: fc.option(eol, { nil: undefined }),
  })
  .map(({ lines, hasFinalNewline, hasMark, oneEol }) => {
    const ended = lines.map(([content, end]) => content + (oneEol ?? end)).join('');
    return (hasMark && ended !== '' ? '\uFEFF' : '') + (hasFinalNewline ? ended : ended.replace(/\r?\n$/, ''));
  });

const edits = fc.array(
  fc.record({ at: fc.nat(60), remove: fc.nat(2), insert: fc.array(fc.tuple(line, eol), { maxLength: 2 }) }),
  {
    maxLength: 4,
  },
);

export const changedTexts: fc.Arbitrary<{ readonly before: string; readonly after: string }> = fc.oneof(
  fc.record({ before: text, after: text }),
  fc.tuple(text, edits).map(([before, changes]) => {
    const lines = before.split(/(?<=\n)/);
    for (const { at, remove, insert } of changes) {
      lines.splice(at % (lines.length + 1), remove, ...insert.map(([content, end]) => content + end));
    }
    return { before, after: lines.join('') };
  }),
);
