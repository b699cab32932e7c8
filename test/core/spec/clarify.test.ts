import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { applyClarification, applyClarifications, clarificationsDocument } from '../../../src/core/spec/clarify.ts';
import { parseSpec } from '../../../src/core/spec/parse.ts';

function check(text: string, markerId: string, answer: string, expected: string): void {
  assert.deepEqual(applyClarification(text, markerId, answer), { kind: 'ok', value: expected });
}

const TWO =
  '\uFEFF# T\r\n- FR-1: by [NEEDS CLARIFICATION: mail [or] post?] or\r- `[NEEDS CLARIFICATION: no]` [NEEDS CLARIFICATION: 😀?]\n';

describe('applyClarification', () => {
  it('replaces the first marker and nothing else', () =>
    check(TWO, 'CLR-001', 'mail', TWO.replace('[NEEDS CLARIFICATION: mail [or] post?]', 'mail')));
  it('replaces the second and leaves the example in inline code', () =>
    check(TWO, 'CLR-002', '😎', TWO.replace('[NEEDS CLARIFICATION: 😀?]', '😎')));
  it('takes an answer as text, not as a pattern', () =>
    check('[NEEDS CLARIFICATION: a]', 'CLR-001', "$& $1 $'", "$& $1 $'"));
  it('replaces a marker that wraps', () => check('a [NEEDS CLARIFICATION: b\r\n  c] d', 'CLR-001', 'x', 'a x d'));
  it('joins the lines of an answer', () =>
    check('[NEEDS CLARIFICATION: a]', 'CLR-001', ' one\r\n\n# two ', 'one # two'));

  it('says which markers are open when there is no such one', () => {
    const error = { kind: 'unknownMarker', markerId: 'CLR-003', open: ['CLR-001', 'CLR-002'] };
    assert.deepEqual(applyClarification(TWO, 'CLR-003', 'x'), { kind: 'error', error });
  });
  it('refuses an empty answer', () => {
    assert.deepEqual(applyClarification(TWO, 'CLR-001', ' \n'), {
      kind: 'error',
      error: { kind: 'emptyAnswer', markerId: 'CLR-001' },
    });
  });
});

describe('applyClarifications', () => {
  it('answers several by the ids of the text as given, in any order', () => {
    const text = '[NEEDS CLARIFICATION: a] [NEEDS CLARIFICATION: b] [NEEDS CLARIFICATION: c]';
    const answers = [
      { markerId: 'CLR-003', answer: 'z' },
      { markerId: 'CLR-001', answer: 'x' },
    ];
    assert.deepEqual(applyClarifications(text, answers), { kind: 'ok', value: 'x [NEEDS CLARIFICATION: b] z' });
  });

  it('changes nothing when one answer cannot be applied', () => {
    const answers = [
      { markerId: 'CLR-001', answer: 'x' },
      { markerId: 'CLR-001', answer: 'y' },
    ];
    assert.deepEqual(applyClarifications(TWO, answers), {
      kind: 'error',
      error: { kind: 'answeredTwice', markerId: 'CLR-001' },
    });
  });

  it('keeps every byte outside the markers, whatever the text', () => {
    const piece = fc.constantFrom(
      '[NEEDS CLARIFICATION: q]',
      '\r\n',
      '\n',
      '\uFEFF',
      '`',
      ' a ',
      '😀',
      '<!--',
      '-->',
      '```\n',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const { clarifications } = parseSpec({ path: 's', text }).spec;
        const result = applyClarifications(
          text,
          clarifications.map(({ id }) => ({ markerId: id, answer: '\u0001' })),
        );
        const back = result.kind === 'ok' ? result.value.replaceAll('\u0001', '[NEEDS CLARIFICATION: q]') : undefined;
        assert.equal(back, text);
      }),
    );
  });
});

describe('clarificationsDocument', () => {
  const entry = {
    markerId: 'CLR-001',
    question: 'How\nlong?',
    answer: '7 days',
    answeredOn: '2026-03-04',
    answeredBy: 'Ada',
  };
  const line = '- CLR-001 Q: How long? → A: 7 days (Ada)';
  const begun = `# Clarifications\n\n### Session 2026-03-04\n\n${line}\n`;

  it('begins a document', () => assert.equal(clarificationsDocument('', [entry]), begun));
  it('goes on below the same day', () => assert.equal(clarificationsDocument(begun, [entry]), `${begun}${line}\n`));
  it('opens a new day', () => {
    assert.equal(
      clarificationsDocument(begun, [{ ...entry, answeredOn: '2026-03-05' }]),
      `${begun}\n### Session 2026-03-05\n\n${line}\n`,
    );
  });
  it('opens each day of several entries once', () => {
    const text = clarificationsDocument('', [entry, entry, { ...entry, answeredOn: '2026-03-05' }]);
    assert.equal(text, `${begun}${line}\n\n### Session 2026-03-05\n\n${line}\n`);
  });
  it('keeps what stands there and its line ends', () => {
    const existing = '\uFEFF# Mine\r\n\r\nText';
    assert.equal(
      clarificationsDocument(existing, [entry]),
      `${existing}\r\n\r\n### Session 2026-03-04\r\n\r\n${line}\r\n`,
    );
  });
  it('changes nothing without entries', () => assert.equal(clarificationsDocument('x', []), 'x'));
});
