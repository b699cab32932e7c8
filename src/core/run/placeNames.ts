/** Where things lie on this computer, and who works at it: what an export does not tell. All are whole texts, most of them absolute paths. */
export interface PlaceNames {
  readonly repository: string;
  readonly home: string;
  /** Names of the person: of the account, and as git knows them. */
  readonly persons: readonly string[];
}

/** Names shorter than this would be found in ordinary words. */
const SHORTEST_NAME = 3;
const LETTER = '[\\p{L}\\p{N}_]';

/**
 * Takes absolute paths and names of persons out of text: the repository's folder becomes `.`, the home folder `~`, what lies below other homes and
 * temporary folders `<path>`, mail addresses `<address>` and names `<person>`. The same twice is the same once.
 */
export function withoutPlaceNames({ repository, home, persons }: PlaceNames): (text: string) => string {
  const names = [...new Set(persons)].filter((name) => name.trim().length >= SHORTEST_NAME);
  const patterns: readonly (readonly [RegExp, string])[] = [
    ...folder(repository, '.'),
    ...folder(home, '~'),
    [
      /(?<![\w.<~-])(?:\/(?:home|root|Users|tmp|private|var|opt|mnt|media|srv|workspaces?|work)\/|[A-Za-z]:\\{1,4}(?:Users|Windows)\\{1,4})[^\s"'`<>|:;,)\]}]*/g,
      '<path>',
    ],
    [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/g, '<address>'],
    ...names.map((name) => [new RegExp(`(?<!${LETTER})${escaped(name)}(?!${LETTER})`, 'giu'), '<person>'] as const),
  ];
  return (text) => patterns.reduce((result, [pattern, instead]) => result.replaceAll(pattern, instead), text);
}

function folder(path: string, instead: string): readonly (readonly [RegExp, string])[] {
  if (path.length < SHORTEST_NAME) return [];
  return [[new RegExp(`${escaped(path)}(?![\\w.-])`, 'g'), instead]];
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, (character) => `\\${character}`);
