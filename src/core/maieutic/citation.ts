import type { Citable, Citation } from '../run/questionFacts.ts';

/** The texts that may be cited, each whole. */
export type CitableTexts = Readonly<Record<Citable, string>>;

/** What holding a citation against its text came to. `itself`: it quotes only the words that are in question. */
export type CitationCheck = 'found' | 'notFound' | 'tooShort' | 'itself';

/** A quote below either says nothing: a word or two stand in every text. */
const LEAST_CHARACTERS = 16;
const LEAST_WORDS = 3;

/**
 * Whether a quote stands word for word in the text it names; only line breaks and runs of blanks count alike. `inQuestion` is what the question
 * is about: text cannot answer a question about itself, and neither can a marker that asks.
 */
export function checkCitation({ document, quote }: Citation, texts: CitableTexts, inQuestion: string): CitationCheck {
  const wanted = oneLine(quote);
  if (wanted.length < LEAST_CHARACTERS || wanted.split(' ').length < LEAST_WORDS) return 'tooShort';
  if (!oneLine(texts[document]).includes(wanted)) return 'notFound';
  const asked = oneLine(inQuestion);
  const isItself = /NEEDS CLARIFICATION/iu.test(wanted) || (asked !== '' && asked.includes(wanted));
  return isItself ? 'itself' : 'found';
}

const oneLine = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();
