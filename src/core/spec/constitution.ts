import { readBlocks } from './blocks.ts';
import { scanMarkdown } from './markdownLines.ts';
import { orderProblems, type Problem } from './problem.ts';

export type RuleKind = 'must' | 'must-not' | 'should';

/** One rule of the project. `id` is the author's (`G1`, `P2`) or derived from its section: G, P or R and a number. */
export interface ConstitutionRule {
  readonly id: string;
  readonly text: string;
  readonly kind: RuleKind;
  readonly path: string;
  readonly line: number;
}

export interface Constitution {
  readonly path: string;
  readonly rules: readonly ConstitutionRule[];
}

/** Most rules one constitution is read for, and most characters of it. */
const RULE_CAP = 500;
const TEXT_CAP = 1_000_000;

/**
 * Reads the rules of a constitution: list items and paragraphs that carry an id of their own (`- G1: …`, `**P2** …`) or say MUST, MUST NOT, SHALL,
 * NEVER, ALWAYS, SHOULD or the like in any letter case. A rule with an id but no such word is a must below a heading "Guardrails", else a should.
 * Never throws; problems are duplicate ids.
 */
export function parseConstitution(source: { readonly path: string; readonly text: string }): {
  readonly constitution: Constitution;
  readonly problems: readonly Problem[];
} {
  const { path } = source;
  const found: Found[] = [];
  let letter = 'R';
  for (const block of readBlocks(scanMarkdown(source.text.slice(0, TEXT_CAP), 0).lines)) {
    if (block.kind === 'heading') letter = sectionLetter(block.text) ?? (block.level <= 2 ? 'R' : letter);
    if (block.kind !== 'item' && block.kind !== 'paragraph') continue;
    const rule = ruleOf(block.text, letter);
    if (rule !== undefined && found.length < RULE_CAP) found.push({ ...rule, line: block.line });
  }
  const rules = withIds(path, found);
  return { constitution: { path, rules }, problems: orderProblems(duplicates(rules)) };
}

interface Found {
  readonly ownId: string | undefined;
  readonly letter: string;
  readonly text: string;
  readonly kind: RuleKind;
  readonly line: number;
}

function ruleOf(block: string, letter: string): Omit<Found, 'line'> | undefined {
  const match =
    /^(?:\*\*|__|`)?([A-Z]{1,4}-?\d{1,4})(?:\*\*|__|`)?\s*(?:\([^)]{0,60}\))?\s*(?:[:：.–—]|-(?=\s)|(?<=[*_`])\s)(?:\*\*|__)?\s*(?=\S)/u.exec(
      block,
    );
  const ownId = match?.[1];
  const text = match === null ? block : block.slice(match[0].length);
  const kind = kindOf(text);
  if (ownId === undefined && kind === undefined) return undefined;
  return { ownId, letter, text, kind: kind ?? (letter === 'G' ? 'must' : 'should') };
}

function kindOf(text: string): RuleKind | undefined {
  const plain = text.replace(/\*\*|__/gu, '');
  if (
    /(?<!\p{L})(?:(?:must|shall|may)\s+not|mustn't|never|do\s+not|don't|(?:is|are)\s+(?:forbidden|prohibited)|cannot)(?!\p{L})/iu.test(
      plain,
    )
  )
    return 'must-not';
  if (/(?<!\p{L})(?:must|shall|always|(?:is|are)\s+required|mandatory|non-negotiable)(?!\p{L})/iu.test(plain))
    return 'must';
  return /(?<!\p{L})(?:should|prefer|recommended)(?!\p{L})/iu.test(plain) ? 'should' : undefined;
}

function sectionLetter(heading: string): string | undefined {
  if (/guardrail/iu.test(heading)) return 'G';
  return /principle/iu.test(heading) ? 'P' : undefined;
}

function withIds(path: string, found: readonly Found[]): readonly ConstitutionRule[] {
  const taken = new Set(found.flatMap((rule) => rule.ownId ?? []));
  const counts = new Map<string, number>();
  return found.map(({ ownId, letter, text, kind, line }): ConstitutionRule => {
    let count = counts.get(letter) ?? 0;
    if (ownId === undefined) {
      do count += 1;
      while (taken.has(`${letter}${count}`));
      counts.set(letter, count);
    }
    return { id: ownId ?? `${letter}${count}`, text, kind, path, line };
  });
}

function duplicates(rules: readonly ConstitutionRule[]): readonly Problem[] {
  const first = new Map<string, number>();
  return rules.flatMap((rule): readonly Problem[] => {
    const line = first.get(rule.id);
    first.set(rule.id, line ?? rule.line);
    if (line === undefined) return [];
    const message = `Rule ${rule.id} is given twice: first on line ${line}.`;
    return [{ rule: 'duplicate-id', severity: 'error', message, path: rule.path, line: rule.line }];
  });
}
