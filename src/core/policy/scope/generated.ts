import type { RepositoryPath } from '../../ports.ts';

/** Lines at the beginning of a file in which a generator says that it wrote it. */
const HEADER_LINES = 12;
/** Characters of them that are looked at. */
const HEADER_CHARACTERS = 2_000;

/** One line of a .gitattributes file about generated files: the folder the file lies in, '' or ending with `/`. */
interface Mark {
  readonly pattern: RegExp;
  readonly isGenerated: boolean;
}

/**
 * Whether a generator writes this file, by its path, by what it says near its beginning (undefined for a file that does not exist or is binary), and by the project's
 * .gitattributes.
 */
export function isGeneratedFile(
  path: RepositoryPath,
  text: string | undefined,
  attributes: readonly { readonly folder: string; readonly text: string }[],
): boolean {
  const marked = markedGenerated(path, attributes);
  if (marked !== undefined) return marked;
  return OUTPUT_FOLDERS.test(path) || (text !== undefined && saysGenerated(text));
}

const OUTPUT_FOLDERS = /(?:^|\/)(?:dist|build)\//i;

function saysGenerated(text: string): boolean {
  const header = text.slice(0, HEADER_CHARACTERS).split('\n').slice(0, HEADER_LINES).join('\n');
  if (/@generated\b/.test(header)) return true;
  return /\b(?:auto-?)?generated\b/i.test(header) && /\bdo not (?:edit|modify|change)\b|\bdon't edit\b/i.test(header);
}

/** The last line that speaks about a path decides, and the file deeper in the tree before the one above it, as git reads them. */
function markedGenerated(
  path: RepositoryPath,
  attributes: readonly { readonly folder: string; readonly text: string }[],
): boolean | undefined {
  return attributes
    .filter(({ folder }) => path.startsWith(folder))
    .sort((left, right) => left.folder.length - right.folder.length)
    .flatMap(({ folder, text }) => marksOf(text).filter(({ pattern }) => pattern.test(path.slice(folder.length))))
    .at(-1)?.isGenerated;
}

function marksOf(text: string): readonly Mark[] {
  return text.split('\n').flatMap((line): readonly Mark[] => {
    const [glob = '', ...names] = line.trim().split(/\s+/);
    if (glob === '' || glob.startsWith('#') || glob.startsWith('[')) return [];
    const name = names.findLast((word) => /^-?!?linguist-generated(?:=|$)/.test(word));
    if (name === undefined || name.startsWith('!')) return [];
    return [{ pattern: patternOf(glob), isGenerated: !name.startsWith('-') && !name.endsWith('=false') }];
  });
}

/** A pattern of .gitattributes as an expression over a path: without a `/` it speaks of names in any folder below. */
function patternOf(glob: string): RegExp {
  const bare = glob.replace(/^"(.*)"$/, '$1');
  const rooted = bare.replace(/^\//, '');
  const source = rooted.replaceAll(/\*\*\/|\/\*\*$|\*+|\?|[^*?]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '/**') return '/.*';
    if (part === '?') return '[^/]';
    if (part.startsWith('*')) return '[^/]*';
    return part.replace(/[.+^${}()|[\]\\]/, String.raw`\$&`);
  });
  return new RegExp(`^${bare.includes('/') ? '' : '(?:.*/)?'}${source}$`);
}
