import type { z } from 'zod';
import type { Signal } from '../gates/signal.ts';
import { advisersAt, hotPathsOf, type AdviserChoice } from '../policy/advisersAt.ts';
import type { FileDifference } from '../ports.ts';
import { roleText, type Adviser, type Stage } from '../run/stage.ts';
import { ask, type Question } from './ask.ts';
import { changeParts } from './changeParts.ts';
import type { RunContext } from './context.ts';
import { critiqueSchema, performanceReviewSchema, securityReviewSchema } from './outputs.ts';
import { riskOf } from './size.ts';
import { together } from './together.ts';

/** One point of an adviser. */
export interface ReviewFinding {
  readonly severity: 'blocking' | 'advisory';
  readonly message: string;
  readonly reference: string;
}

/** What one adviser made of the work. Without `answered` it is not known what it would have found. */
export interface Review {
  readonly role: Adviser;
  readonly answered: boolean;
  readonly findings: readonly ReviewFinding[];
}

/** A change as its advisers are shown it: with what was measured on it. */
export interface ReviewedChange {
  readonly differences: readonly FileDifference[];
  /** The whole of it as the critic and the judge read it. */
  readonly difference: string;
  readonly evidence: string;
  /** What static analysers print about it. */
  readonly analysers: string;
}

/** Which advisers a stage has for a change. */
export function advisersOf(
  context: RunContext,
  stage: Stage,
  change: { readonly files: readonly string[]; readonly changedLines?: number },
): readonly AdviserChoice[] {
  const { configuration, constitution, size } = context;
  const filesThreshold = configuration.gates.complex_task_files_threshold;
  const { level } = riskOf({ ...change, filesThreshold, constitution });
  const hotPaths = hotPathsOf(change.files, configuration, constitution);
  return advisersAt(stage, { size, risk: level, changedLines: change.changedLines ?? 0, hotPaths }, configuration);
}

/**
 * What those advisers of the audit who are asked make of a change, all at the same time and in the order of `choices`. Each has its own step below `key`,
 * so that a resumed run finds what they said whoever of them was done first.
 */
export function reviewChange(
  context: RunContext,
  key: string,
  change: ReviewedChange,
  choices: readonly AdviserChoice[],
): Promise<readonly Review[]> {
  const asked = choices.filter((choice) => choice.asked);
  return together(asked.map((choice) => () => reviewBy(context, `${key}/${choice.role}`, change, choice)));
}

async function reviewBy(
  context: RunContext,
  key: string,
  change: ReviewedChange,
  choice: AdviserChoice,
): Promise<Review> {
  const { role } = choice;
  if (role === 'critic') return critique(context, key, change);
  const { parts, unread } = changeParts(change.differences);
  const texts = parts.length === 0 ? ['(nothing changed)'] : parts;
  const findings: ReviewFinding[] = [];
  let answered = true;
  // A role makes one call at a time; without the answer to one part a person decides in any case.
  for (const [index, difference] of texts.entries()) {
    if (!answered) break;
    const part = texts.length === 1 ? 'All of it.' : `Part ${index + 1} of ${texts.length}.`;
    const partKey = index === 0 ? key : `${key}/part-${index + 1}`;
    const found =
      role === 'security_reviewer'
        ? await securityReview(context, partKey, {
            part,
            difference,
            checks: change.evidence,
            analysers: change.analysers,
          })
        : await performanceReview(context, partKey, { part, difference, reasons: choice.text });
    answered = found !== undefined;
    findings.push(...(found ?? []));
  }
  return { role, answered, findings: [...findings, ...unreadFinding(role, unread)] };
}

/** Nobody vouches for what nobody has read. */
function unreadFinding(role: Adviser, unread: readonly string[]): readonly ReviewFinding[] {
  const [first] = unread;
  if (first === undefined) return [];
  const named = `${unread.slice(0, 5).join(', ')}${unread.length > 5 ? ` and ${unread.length - 5} more` : ''}`;
  const message = `The change is larger than a ${roleText(role)} can read: not read are ${named}.`;
  return [{ severity: 'blocking', message, reference: first }];
}

async function critique(context: RunContext, key: string, change: ReviewedChange): Promise<Review> {
  const values = { difference: change.difference, evidence: change.evidence };
  const asked = { key, role: 'critic', name: 'critique', prompt: { id: 'critic-patch', values } } as const;
  const value = await askAdviser(context, asked, critiqueSchema);
  return { role: 'critic', answered: value !== undefined, findings: value?.findings ?? [] };
}

type Findings = readonly ReviewFinding[] | undefined;

async function securityReview(
  context: RunContext,
  key: string,
  shown: Readonly<Record<'part' | 'difference' | 'checks' | 'analysers', string>>,
): Promise<Findings> {
  const about = { key, role: 'security_reviewer', name: 'security_review' } as const;
  const asked = { ...about, prompt: { id: 'security-reviewer', values: shown } };
  const value = await askAdviser(context, asked, securityReviewSchema);
  return value?.findings.map(({ attack, message, ...finding }) => ({ ...finding, message: `${message} ${attack}` }));
}

async function performanceReview(
  context: RunContext,
  key: string,
  shown: Readonly<Record<'part' | 'difference' | 'reasons', string>>,
): Promise<Findings> {
  const about = { key, role: 'performance_reviewer', name: 'performance_review' } as const;
  const asked = { ...about, prompt: { id: 'performance-reviewer', values: shown } };
  const value = await askAdviser(context, asked, performanceReviewSchema);
  return value?.findings.map(({ cost, message, ...finding }) => ({ ...finding, message: `${message} ${cost}` }));
}

interface Asked {
  readonly key: string;
  readonly role: Adviser;
  readonly name: string;
  readonly prompt: Question<unknown>['prompt'];
}

async function askAdviser<Value>(
  context: RunContext,
  asked: Asked,
  schema: z.ZodType<Value>,
): Promise<Value | undefined> {
  const answered = await ask(context, { ...asked, stage: 'audit', schema, passOver: [] });
  return answered?.value;
}

/** The reviews as the gate weighs them. */
export function counterSignals(reviews: readonly Review[]): readonly Signal[] {
  return reviews.flatMap(({ role, findings }) =>
    findings.map((finding) => ({ kind: 'counterSignal' as const, source: role, ...finding })),
  );
}

/** The reviews as the judge reads them; the critic's points stand without a name. */
export function adviceOfReviews(reviews: readonly Review[]): string {
  const lines = reviews.flatMap(({ role, findings }) =>
    findings.map(({ severity, message, reference }) => {
      const by = role === 'critic' ? '' : `${roleText(role)}, `;
      return `- ${by}${severity}: ${message} (${reference})`;
    }),
  );
  return lines.length === 0 ? '(nothing)' : lines.join('\n');
}
