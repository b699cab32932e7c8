import { indentOf, type MarkdownLine } from './markdownLines.ts';
import { parseDefinition } from './identifiers.ts';
import type { PassageLine } from './spec.ts';

/**
 * One block of prose. `text` is its content without markers, wrapped lines joined by one space; `indent` is in columns.
 * An item's `box` tells a task list item (`- [ ]`) from a plain one.
 */
export interface Block {
  readonly kind: 'heading' | 'item' | 'paragraph' | 'row' | 'quote';
  readonly line: number;
  readonly indent: number;
  /** Heading level 1 to 6; 0 for every other block. */
  readonly level: number;
  readonly box: 'none' | 'open' | 'ticked';
  readonly text: string;
  readonly lines: readonly PassageLine[];
}

interface OpenBlock {
  readonly kind: Block['kind'];
  readonly indent: number;
  readonly box: Block['box'];
  readonly parts: string[];
  readonly lines: PassageLine[];
}

/** The prose of a scanned text as blocks, in order. Code lines end a block and are in none. Never throws. */
export function readBlocks(lines: readonly MarkdownLine[]): readonly Block[] {
  const blocks: Block[] = [];
  let open: OpenBlock | undefined;
  for (const line of lines) {
    const bare = line.text.trim();
    if (line.kind !== 'prose' || bare === '') {
      if (open !== undefined) blocks.push(closed(open));
      open = undefined;
      continue;
    }
    const underline = open === undefined ? undefined : underlineLevel(open, bare);
    if (open !== undefined && underline !== undefined) {
      blocks.push({ ...closed(open), kind: 'heading', level: underline });
      open = undefined;
      continue;
    }
    const next = openedBlock(line, bare, open);
    if (next === undefined) {
      open?.parts.push(bare);
      open?.lines.push({ line: line.number, text: line.text });
      continue;
    }
    if (open !== undefined) blocks.push(closed(open));
    open = undefined;
    if (next.kind === 'heading') blocks.push(next.block);
    if (next.kind === 'open') open = next.block;
  }
  if (open !== undefined) blocks.push(closed(open));
  return blocks;
}

type Opened =
  | { readonly kind: 'heading'; readonly block: Block }
  | { readonly kind: 'open'; readonly block: OpenBlock }
  | { readonly kind: 'nothing' };

/** What a line begins, or undefined when it goes on with the open block. */
function openedBlock(line: MarkdownLine, bare: string, open: OpenBlock | undefined): Opened | undefined {
  const lines = [{ line: line.number, text: line.text }];
  const level = headingLevel(bare);
  const indent = indentOf(line.text);
  if (level > 0 && (indent < 4 || open?.kind !== 'paragraph')) {
    const text = headingText(bare.slice(level));
    return {
      kind: 'heading',
      block: { kind: 'heading', line: line.number, indent: 0, level, box: 'none', text, lines },
    };
  }
  if (/^(?:(?:-[\t ]*){3,200}|(?:\*[\t ]*){3,200}|(?:_[\t ]*){3,200}|[|:\-\t ]{3,400})$/u.test(bare))
    return { kind: 'nothing' };
  if (bare.startsWith('>')) {
    if (open?.kind === 'quote') return undefined;
    return { kind: 'open', block: { kind: 'quote', indent, box: 'none', parts: [bare], lines } };
  }
  if (bare.startsWith('|')) return { kind: 'open', block: { kind: 'row', indent, box: 'none', parts: [bare], lines } };
  const item = /^(?:[-*+]|\d{1,9}[.)])(?:[\t ]+(?:\[([ xX])\](?=[\t ]|$))?|$)/u.exec(bare);
  if (item !== null) {
    const box = boxOf(item[1]);
    return { kind: 'open', block: { kind: 'item', indent, box, parts: [bare.slice(item[0].length).trim()], lines } };
  }
  if (open !== undefined && open.kind !== 'row' && !startsAnew(bare)) return undefined;
  return { kind: 'open', block: { kind: 'paragraph', indent, box: 'none', parts: [bare], lines } };
}

/** Authors put ids and `**Key**: value` lines one below the other without a blank line: each is a block of its own. */
function startsAnew(bare: string): boolean {
  return (
    /^(?:\*\*|__)[^*_]{1,80}(?:[:：](?:\*\*|__)|(?:\*\*|__)[:：])/u.test(bare) || parseDefinition(bare)?.setOff === true
  );
}

function headingLevel(bare: string): number {
  return /^(#{1,6})(?:[\t ]|$)/u.exec(bare)?.[1]?.length ?? 0;
}

/** A heading's text without the closing run of `#` that some write. */
function headingText(rest: string): string {
  const text = rest.trim();
  let end = text.length;
  while (text.charAt(end - 1) === '#') end -= 1;
  const before = text.charAt(end - 1);
  return end < text.length && (end === 0 || before === ' ' || before === '\t') ? text.slice(0, end).trim() : text;
}

/** `===` and `---` below one line of text make it a heading of level 1 or 2. */
function underlineLevel(open: OpenBlock, bare: string): number | undefined {
  if (open.kind !== 'paragraph' || open.parts.length !== 1) return undefined;
  if (/^=+$/u.test(bare)) return 1;
  return /^-{3,}$/u.test(bare) ? 2 : undefined;
}

function boxOf(mark: string | undefined): Block['box'] {
  if (mark === undefined) return 'none';
  return mark === ' ' ? 'open' : 'ticked';
}

function closed(open: OpenBlock): Block {
  const line = open.lines[0]?.line ?? 1;
  const text = open.parts.join(' ').trim();
  return { kind: open.kind, line, indent: open.indent, level: 0, box: open.box, text, lines: open.lines };
}
