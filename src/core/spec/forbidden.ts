import type { Constitution, ConstitutionRule } from './constitution.ts';
import type { Statement } from './documents.ts';
import { clip, type Problem } from './problem.ts';

/** Things one rule forbids, at most; and characters of a statement that are searched. */
const THING_CAP = 10;
const TEXT_CAP = 4_000;

/**
 * Statements that ask for what a rule of the constitution forbids: the backticked or quoted things after its MUST NOT, or, without any, the
 * one to three words after "use", "call", "import" and the like. Only that exact thing counts, as a whole word; a statement that refuses or avoids it agrees with
 * the rule. One problem per rule and statement.
 */
export function forbiddenProblems(
  constitution: Constitution | undefined,
  statements: readonly Statement[],
): readonly Problem[] {
  const rules = (constitution?.rules ?? []).filter((rule) => rule.kind === 'must-not');
  const forbidden = rules.map((rule) => ({
    rule,
    things: forbiddenThings(rule.text).map((thing) => ({ thing, pattern: wholeWord(thing) })),
  }));
  return statements.flatMap((statement) =>
    forbidden.flatMap(({ rule, things }) => {
      const found = things.find(({ pattern }) => demands(statement.text.slice(0, TEXT_CAP), pattern));
      return found === undefined ? [] : [violation(rule, found.thing, statement)];
    }),
  );
}

function violation(rule: ConstitutionRule, thing: string, statement: Statement): Problem {
  const message = `${clip(statement.label, 80)} asks for "${clip(thing, 60)}", which ${rule.id} of the constitution forbids (${rule.path}:${rule.line}).`;
  return { rule: 'constitution-conflict', severity: 'error', message, path: statement.path, line: statement.line };
}

/** The things a MUST NOT sentence names. Empty for a rule about behaviour ("MUST NOT lose data"), which no text match can decide. */
function forbiddenThings(text: string): readonly string[] {
  const plain = text.replace(/\*\*|__/gu, '');
  const match = /(?<!\p{L})(?:(?:must|shall|may)\s+not|mustn't|never|do\s+not|don't|cannot)(?!\p{L})/iu.exec(plain);
  const passive = /(?<!\p{L})(?:is|are)\s+(?:forbidden|prohibited)/iu.exec(plain);
  // "`eval` is forbidden" names the thing first; "MUST NOT use `eval`; use `parse`" forbids only its first clause.
  const clause =
    match === null ? plain.slice(0, passive?.index ?? 0) : firstClause(plain.slice(match.index + match[0].length));
  const quoted = Array.from(
    clause.matchAll(/`([^`]{1,100})`|"([^"]{1,100})"|“([^”]{1,100})”/gu),
    (found) => found[1] ?? found[2] ?? found[3] ?? '',
  );
  if (quoted.length > 0)
    return quoted
      .map((thing) => thing.trim())
      .filter((thing) => thing !== '')
      .slice(0, THING_CAP);
  const verb =
    /^\s*(?:ever\s+)?(?:use|call|import|add|include|contain|depend\s+on|rely\s+on|introduce)\s+(?:an?\s+|the\s+|any\s+)?([^.,;:()]{1,60})/iu.exec(
      clause,
    )?.[1];
  const words =
    (verb ?? '')
      .split(/\s+(?:or|and|in|for|to|from|on|as|with|unless|except|when|outside|anywhere)(?=\s|$)/iu)[0]
      ?.trim() ?? '';
  return words === '' || words.split(/\s+/u).length > 3 ? [] : [words];
}

function firstClause(text: string): string {
  const end = text.search(/;|\.\s|\s(?:but|instead|unless|except)\s/u);
  return end < 0 ? text : text.slice(0, end);
}

function wholeWord(thing: string): RegExp {
  const literal = thing.replace(/[\^$.*+?()[\]{}|/\\]/gu, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_-])${literal}(?![\\p{L}\\p{N}_-])`, 'giu');
}

const REFUSAL =
  /(?<!\p{L})(?:not|no|never|without|avoid(?:s|ing)?|instead\s+of|rather\s+than|forbid(?:s|den)?|prohibits?|rejects?|refuses?|removes?|replaces?|disallows?|blocks?|bans?|free\s+of)(?!\p{L})[^.;]{0,60}$/iu;

function demands(text: string, pattern: RegExp): boolean {
  for (const match of text.matchAll(pattern)) {
    if (!REFUSAL.test(text.slice(Math.max(0, match.index - 80), match.index))) return true;
  }
  return false;
}
