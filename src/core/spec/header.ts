import type { Block } from './blocks.ts';
import type { FrontMatterEntry } from './frontMatter.ts';
import { specIdOf } from './ids.ts';
import { clip, type Problem } from './problem.ts';
import { SPEC_SIZES, type NamedFile, type SpecSize } from './spec.ts';

/** What a spec says about itself before its first section. */
export interface SpecHeader {
  readonly id?: string;
  readonly title?: string;
  readonly size: SpecSize;
  readonly files: readonly NamedFile[];
  readonly problems: readonly Problem[];
}

interface Field {
  readonly key: string;
  readonly values: readonly { readonly text: string; readonly line: number }[];
}

/** Most files one spec is taken to name. */
const FILE_CAP = 200;

/**
 * Reads the header: front matter first, then lines such as `**Size**: hotfix`, then the title (`# SPEC-001: Title`,
 * `# Feature Specification: Title`), then the folder's name for the id. Fields count only before the second heading or in a section
 * called Metadata, so a bold "Size" further down is not taken for one.
 */
export function readHeader(path: string, blocks: readonly Block[], entries: readonly FrontMatterEntry[]): SpecHeader {
  const fields: readonly Field[] = [...entries, ...headerFields(blocks)];
  const heading = blocks.find((block) => block.kind === 'heading' && block.level === 1 && block.text !== '');
  const written = titleParts(heading?.text ?? '');
  const folderId = specIdOf(path.split('/').at(-2) ?? '');
  const statedId = first(fields, ['id', 'spec id', 'spec']) ?? branchId(fields) ?? written.id;
  const id = statedId?.text ?? folderId;
  const title = first(fields, ['title'])?.text ?? written.title;
  const problems: Problem[] = [];
  const size = readSize(path, first(fields, ['size']), problems);
  if (statedId !== undefined && folderId !== undefined && statedId.text !== folderId) {
    const message = `The spec calls itself ${clip(statedId.text, 60)}, its folder ${folderId}.`;
    problems.push({
      rule: 'id-mismatch',
      severity: 'warning',
      message,
      path,
      line: statedId.line ?? heading?.line ?? 1,
    });
  }
  return {
    ...(id !== undefined && { id }),
    ...(title !== undefined && title !== '' && { title }),
    size,
    files: namedFiles(path, fields),
    problems,
  };
}

function headerFields(blocks: readonly Block[]): readonly Field[] {
  const fields: { key: string; values: { text: string; line: number }[] }[] = [];
  let isHeader = true;
  let isOpen = false;
  let nHeadings = 0;
  for (const block of blocks) {
    if (block.kind === 'heading') {
      nHeadings += 1;
      isHeader = nHeadings < 2 || /^meta(?:data)?$/iu.test(block.text);
      isOpen = false;
      continue;
    }
    if (!isHeader) continue;
    const match = /^(?:\*\*|__)([A-Za-z][\w -]{0,40})(?:[:：](?:\*\*|__)|(?:\*\*|__)[\t ]*[:：])/u.exec(block.text);
    const key = match?.[1]?.trim().toLowerCase();
    if (match !== null && key !== undefined) {
      const text = block.text.slice(match[0].length).trim();
      fields.push({ key, values: text === '' ? [] : [{ text, line: block.line }] });
      isOpen = text === '';
      continue;
    }
    // `**Files**:` with a list below it.
    if (isOpen && block.kind === 'item') fields.at(-1)?.values.push({ text: block.text, line: block.line });
    else isOpen = false;
  }
  return fields;
}

function first(
  fields: readonly Field[],
  keys: readonly string[],
): { readonly text: string; readonly line?: number } | undefined {
  const value = fields.find((field) => keys.includes(field.key) && field.values.length > 0)?.values[0];
  return value === undefined ? undefined : { text: bare(value.text), line: value.line };
}

/** spec-kit's `**Feature Branch**: `003-name`` holds the number of the spec. */
function branchId(fields: readonly Field[]): { readonly text: string; readonly line?: number } | undefined {
  const branch = first(fields, ['feature branch', 'feature directory']);
  const id = specIdOf(branch?.text.split('/').at(-1) ?? '');
  return branch === undefined || id === undefined ? undefined : { ...branch, text: id };
}

function titleParts(text: string): {
  readonly id?: { readonly text: string; readonly line?: number };
  readonly title?: string;
} {
  const plain = text
    .replace(/^(?:feature\s+specification|feature\s+spec|specification|spec|feature|hotfix)\s*[:：]\s*/iu, '')
    .trim();
  const match = /^((?:[A-Z][A-Z0-9]{0,15}-){1,5}\d{1,7}|\d{3,7})\s*[:：–—-]\s*(?=\S)/u.exec(plain);
  if (match?.[1] === undefined) return plain === '' ? {} : { title: plain };
  return { id: { text: match[1] }, title: plain.slice(match[0].length).trim() };
}

function readSize(
  path: string,
  value: { readonly text: string; readonly line?: number } | undefined,
  problems: Problem[],
): SpecSize {
  if (value === undefined) return 'standard';
  const word = value.text.toLowerCase();
  const size = SPEC_SIZES.find((known) => known === word);
  if (size !== undefined) return size;
  const message = `"${clip(value.text, 40)}" is no size: write ${SPEC_SIZES.join(', ')}. Taken as standard.`;
  problems.push({ rule: 'unknown-size', severity: 'error', message, path, line: value.line ?? 1 });
  return 'standard';
}

function namedFiles(path: string, fields: readonly Field[]): readonly NamedFile[] {
  const found = new Map<string, NamedFile>();
  for (const field of fields) {
    if (field.key !== 'files' && field.key !== 'file') continue;
    for (const value of field.values) {
      for (const file of fileNames(value.text)) if (!found.has(file)) found.set(file, { file, path, line: value.line });
    }
  }
  return [...found.values()].slice(0, FILE_CAP);
}

/** Backticked names where there are any, else the words between commas. */
function fileNames(text: string): readonly string[] {
  const quoted = Array.from(text.matchAll(/`([^`]{1,300})`/gu), (match) => (match[1] ?? '').trim());
  const names = quoted.length > 0 ? quoted : text.split(',').map(bare);
  return names.filter((name) => name !== '' && !/^(?:none|n\/a|-)$/iu.test(name));
}

function bare(text: string): string {
  return text
    .replace(/^[\s`"'*_]{1,10}/u, '')
    .replace(/[`"'*_.]{1,10}$/u, '')
    .trim();
}
