import assert from 'node:assert/strict';
import { factsTold, settle, UNRATED, type RaisedQuestion } from '../../../src/core/maieutic/settle.ts';
import type { Citation, QuestionFacts } from '../../../src/core/run/questionFacts.ts';

const TEXTS = {
  spec: '# Greeting\n\n- **FR-001**: The search MUST be fast.\n- **FR-002**: Answers come within\n  200 ms of the request.\n[NEEDS CLARIFICATION: which of the two formats?]\n',
  constitution: 'I. Names are never stored beyond the request.\n',
  answers: 'Which language? -> Latin, as on the old page.\n',
  plan: 'The words of the greeting live in one file.\n',
};

const SURE: QuestionFacts = {
  magnitude: 'important',
  resolvability: 'suggest-fix',
  confidence: 0.95,
  suggestion: 'Within 200 ms.',
  citation: { document: 'spec', quote: 'Answers come within 200 ms of the request.' },
  why: 'FR-002 gives the number.',
};

const settled = (facts: Partial<QuestionFacts>, more: Partial<RaisedQuestion> = {}): string => {
  const question = { facts: { ...SURE, ...facts }, isBlocking: false, inQuestion: '', ...more };
  const { by, rule } = settle(question, { depth: 'normal', minConfidence: 0.75, texts: TEXTS });
  return `${by}: ${rule}`;
};
const cited = (document: Citation['document'], quote: string): string => settled({ citation: { document, quote } });

function check(rows: readonly { readonly name: string; readonly got: string; readonly want: string }[]): void {
  for (const { name, got, want } of rows) it(name, () => assert.equal(got, want));
}

describe('a question that a model may settle', () => {
  check([
    { name: 'is settled by words that stand in the text, over a line break', got: settled({}), want: 'model: cited' },
    {
      name: "is a person's where the words stand nowhere",
      got: cited('spec', 'Answers come within 500 ms of the request.'),
      want: 'person: citation-not-found',
    },
    {
      name: "is a person's where the words stand in another text than the one named",
      got: cited('constitution', 'Answers come within 200 ms of the request.'),
      want: 'person: citation-not-found',
    },
    {
      name: "is a person's where letters differ in case",
      got: cited('constitution', 'names are never stored beyond the request'),
      want: 'person: citation-not-found',
    },
    {
      name: 'is settled by the constitution',
      got: cited('constitution', 'Names are never stored beyond the request'),
      want: 'model: cited',
    },
    {
      name: 'is settled by an earlier answer of a person',
      got: cited('answers', 'Latin, as on the old page'),
      want: 'model: cited',
    },
    {
      name: "is a person's where a word or two are cited",
      got: cited('spec', 'MUST be'),
      want: 'person: citation-too-short',
    },
    { name: "is a person's where nothing is cited", got: settled({ citation: null }), want: 'person: no-citation' },
    {
      name: "is a person's where a marker that asks is cited",
      got: cited('spec', '[NEEDS CLARIFICATION: which of the two formats?]'),
      want: 'person: citation-of-itself',
    },
    {
      name: "is a person's where only the words in question are cited",
      got: settled(
        { citation: { document: 'spec', quote: 'The search MUST be fast.' } },
        { inQuestion: '- **FR-001**: The search MUST be fast.' },
      ),
      want: 'person: citation-of-itself',
    },
    {
      name: "is a person's where an important one cites the plan",
      got: cited('plan', 'The words of the greeting live in one file.'),
      want: 'person: own-work-cited',
    },
    {
      name: 'is settled by the plan where it is minor',
      got: settled({
        magnitude: 'minor',
        confidence: 0.8,
        citation: { document: 'plan', quote: 'The words of the greeting live in one file.' },
      }),
      want: 'model: cited',
    },
    { name: "is a person's without a suggestion", got: settled({ suggestion: null }), want: 'person: no-suggestion' },
  ]);
});

describe('a question that a rule may settle', () => {
  check([
    {
      name: 'takes its own suggestion',
      got: settled({ resolvability: 'auto-fix', citation: null }),
      want: 'rule: matrix',
    },
    {
      name: "is a person's without one",
      got: settled({ resolvability: 'auto-fix', suggestion: null }),
      want: 'person: no-suggestion',
    },
    {
      name: 'is never one that blocks, however it was rated',
      got: settled(
        { magnitude: 'minor', resolvability: 'auto-fix', confidence: 1, citation: null },
        { isBlocking: true },
      ),
      want: 'person: no-citation',
    },
  ]);
});

describe('a question that nobody rated', () => {
  it("is a person's where it blocks", () => {
    assert.equal(settled(UNRATED, { isBlocking: true }), 'person: matrix');
    assert.deepEqual(factsTold({ facts: UNRATED, isBlocking: true, inQuestion: '' }, TEXTS), UNRATED);
  });
});

describe('a suggestion as a person is shown it', () => {
  const told = (quote: string): unknown => {
    const citation = { document: 'spec' as const, quote };
    return factsTold({ facts: { ...SURE, citation }, isBlocking: false, inQuestion: '' }, TEXTS).citation;
  };
  it('cites only what really stands there', () => {
    const quote = 'Answers come within 200 ms of the request.';
    assert.deepEqual([told(quote), told(quote.replace('200', '500'))], [{ document: 'spec', quote }, null]);
  });
});
