/** Characters of a file's beginning that are looked at, names that are told of it, and signs of its first line of prose above which none is told. */
const BEGINNING = 6_000;
const NAMES = 4;
const LONGEST_LINE = 120;

/** Names that a file offers to others, in the languages that most programs are written in: group 1. */
const OFFERED: readonly RegExp[] = [
  /^export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|const|let|interface|type|enum|namespace)\s+([\w$]+)/gmu,
  /^(?:module\.)?exports\.([\w$]+)\s*=/gmu,
  /^(?:async\s+)?(?:def|class)\s+([A-Za-z]\w*)/gmu,
  /^func\s+(?:\([^)]*\)\s*)?([A-Z]\w*)/gmu,
  /^pub(?:\([^)]*\))?\s+(?:async\s+|unsafe\s+|const\s+)*(?:fn|struct|enum|trait|mod|type)\s+(\w+)/gmu,
  /^\s*public\s+(?:static\s+|final\s+|abstract\s+|sealed\s+)*(?:class|interface|enum|record)\s+(\w+)/gmu,
];

/** What stands around prose in comments, headings and the like. */
const DECORATION = /^[\s/*#"'<!>;=-]+|[\s*"'/>-]+$/gu;

/**
 * What a file is about in a few words: the first names it offers to others, else its first line of prose; empty where it has neither. A line is told whole
 * or not at all, so that a secret in it is still known as one.
 */
export function fileGist(text: string): string {
  const beginning = text.slice(0, BEGINNING);
  const names = OFFERED.flatMap((pattern) => [...beginning.matchAll(pattern)]).flatMap(({ 1: name }) => name ?? []);
  if (names.length > 0) return [...new Set(names)].slice(0, NAMES).join(', ');
  const lines = beginning.split('\n').map((line) => line.replaceAll(DECORATION, ''));
  const line = lines.find((candidate) => /\p{L}{2}/u.test(candidate)) ?? '';
  return line.length <= LONGEST_LINE ? line : '';
}
