/** Words of a row in one string. */
export const list = (words: string): readonly string[] => words.split(' ');

/** Options by their letters, and longer ones: `letters('nE', '--count')` is `-n`, `-E` and `--count`. */
export function letters(text: string, longer = ''): readonly string[] {
  return [...text.split('').map((letter) => `-${letter}`), ...(longer === '' ? [] : list(longer))];
}
