import { counted } from '../base/counted.ts';
import type { Payload } from '../core/run/event.ts';

/** How far a person has come with a proposal: hunks by what was decided, and the files of which an approval counts no more. */
export interface ReviewProgress {
  readonly approved: number;
  readonly rejected: number;
  readonly open: number;
  readonly voided: readonly { readonly path: string; readonly approvals: number }[];
}

/** What a person is told of approvals that count no more; empty where all do. The names of at most three files. */
export function voidText({ voided }: Pick<ReviewProgress, 'voided'>): string {
  const total = voided.reduce((sum, { approvals }) => sum + approvals, 0);
  if (total === 0) return '';
  const names = voided.slice(0, 3).map(({ path }) => path);
  const count = total === 1 ? 'counts' : 'count';
  return `${counted(total, 'approval')} no longer ${count}: ${names.join(', ')}${voided.length > 3 ? ' and more' : ''} changed since`;
}

/** One check measured on exactly what would be applied. */
export interface CheckResult {
  readonly check: string;
  readonly outcome: Payload<'EvidenceRecord'>['outcome'];
}

export const isGreen = (results: readonly CheckResult[]): boolean =>
  results.length > 0 && results.every(({ outcome }) => outcome === 'passed');

/** Until every check has passed on exactly this result the words are the same everywhere: not checked on this tree. */
export function checkedText(results: readonly CheckResult[]): string {
  if (isGreen(results)) return `${results.map(({ check }) => check).join(', ')} passed on exactly this tree`;
  const failed = results
    .filter(({ outcome }) => outcome !== 'passed')
    .map(({ check, outcome }) => `${check} ${outcome}`);
  return failed.length === 0 ? 'not checked on this tree' : `not checked on this tree: ${failed.join(', ')}`;
}
