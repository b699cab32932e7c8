import assert from 'node:assert/strict';
import {
  matchAnswers,
  parseAnswers,
  type Answerable,
  type GivenAnswer,
} from '../../../src/core/maieutic/answersFile.ts';

const read = (value: unknown): unknown => {
  const parsed = parseAnswers(typeof value === 'string' ? value : JSON.stringify(value));
  return parsed.kind === 'ok' ? parsed.value : parsed.error;
};

describe('an answers file', () => {
  it('holds answers by the ids of their questions, with the words they answer where it pins them', () => {
    assert.deepEqual(
      read({
        Q1: ' in memory ',
        'CLR-001': { answer: 'mail', into_spec: true },
        Q2: { answer: 'no', question: 'Post?' },
      }),
      [
        { id: 'Q1', answer: 'in memory', question: undefined, isIntoSpec: false },
        { id: 'CLR-001', answer: 'mail', question: undefined, isIntoSpec: true },
        { id: 'Q2', answer: 'no', question: 'Post?', isIntoSpec: false },
      ],
    );
  });

  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ['what is no JSON', '{"Q1": ', /^is not JSON: /],
    ['a list', ['yes'], /^holds no JSON object of answers by id/],
    ['a text', '"yes"', /^holds no JSON object of answers by id/],
    ['a word that is no id', { first: 'yes' }, /first is no id of a question/],
    ['an empty answer', { Q1: '  ' }, /^cannot be used: Q1/],
    ['a number', { Q1: 3 }, /^cannot be used: Q1/],
    ['a member nobody knows', { Q1: { answer: 'yes', why: 'so' } }, /^cannot be used: Q1/],
    ['too many', Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`Q${at}`, 'yes'])), /at most 200/],
  ];
  for (const [name, value, expected] of refused)
    it(`cannot be ${name}`, () => assert.match(String(read(value)), expected));
});

const question = (id: string, more: Partial<Answerable> = {}): Answerable => ({
  id,
  about: `brief-${id}`,
  text: `${id}?`,
  options: [],
  answer: undefined,
  ...more,
});
const give = (id: string, answer = 'yes', words?: string): GivenAnswer => ({
  id,
  answer,
  question: words,
  isIntoSpec: false,
});
const CHOICE = question('Q2', { about: 'no-checks', options: ['accept', 'stop'] });

describe('answers held against the questions of a run', () => {
  const match = (given: readonly GivenAnswer[], questions: readonly Answerable[], ...seen: readonly string[]) => {
    const { answers, ...rest } = matchAnswers(given, questions, new Set(seen));
    return { answers: answers.map(({ id, answer }) => `${id}=${answer}`), ...rest };
  };
  const nothing = { answers: [], unknown: [], missing: [], problems: [] };

  it('are taken by id, and by the id of a marker', () => {
    const marker = question('Q1', { about: 'CLR-001' });
    assert.deepEqual(match([give('CLR-001')], [marker]), { ...nothing, answers: ['Q1=yes'] });
    assert.deepEqual(match([give('Q1')], [question('Q1')]), { ...nothing, answers: ['Q1=yes'] });
  });
  it('tell which have no question, and which questions have none', () => {
    assert.deepEqual(match([give('Q7')], [question('Q1')]), { ...nothing, unknown: ['Q7'], missing: ['Q1'] });
  });
  it('are not taken for another question than the one they pin', () => {
    const { problems, answers } = match([give('Q1', 'yes', 'Post?')], [question('Q1')]);
    assert.deepEqual([answers, problems], [[], ['Q1 is another question than the one answered: Q1?']]);
  });
  it('decide nothing in advance: a question with fixed choices must have been asked before, or be pinned', () => {
    assert.deepEqual(match([give('Q2', 'accept')], [CHOICE]), { ...nothing, missing: ['Q2'] });
    assert.deepEqual(match([give('Q2', 'accept')], [CHOICE], 'Q2').answers, ['Q2=accept']);
    assert.deepEqual(match([give('Q2', 'accept', 'Q2?')], [CHOICE]).answers, ['Q2=accept']);
  });
  it('are one of the choices where there are any', () => {
    assert.deepEqual(match([give('Q2', 'maybe')], [CHOICE], 'Q2').problems, ['Q2 takes one of: accept, stop']);
  });
  it('may be handed in again, and not changed', () => {
    const answered = question('Q1', { answer: 'yes' });
    assert.deepEqual(match([give('Q1')], [answered]), nothing);
    assert.deepEqual(match([give('Q1', 'no')], [answered]).problems, ['Q1 was answered already, otherwise: yes']);
  });
});
