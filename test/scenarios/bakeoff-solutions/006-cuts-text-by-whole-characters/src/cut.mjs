const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const charactersOf = (text) => Array.from(segmenter.segment(text), ({ segment }) => segment);

/** The text with at most `most` characters (at least 1) as people see them. */
export function cut(text, most) {
  const characters = charactersOf(text);
  if (characters.length <= most) return text;
  return `${characters.slice(0, most - 1).join('')}…`;
}

/** The first character of each word, in upper case. */
export function initials(name) {
  return name
    .split(/\s+/)
    .map((word) => (charactersOf(word)[0] ?? '').toUpperCase())
    .join('');
}
