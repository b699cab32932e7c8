import { sha256 } from '../../src/base/hash.ts';
import {
  agreementOf,
  OUTCOMES,
  type AuditVerdict,
  type Outcome,
  type Scorecard,
} from '../../src/core/router/scorecard.ts';

interface Changed {
  readonly stage?: Scorecard['stage'];
  readonly at?: string;
  /** Identities of the two workers. */
  readonly a?: string;
  readonly b?: string;
  readonly prompts?: string;
  /** What side a says of the specs of an audit, and side b where they agree; the last one for all that come after it. */
  readonly verdicts?: readonly AuditVerdict[];
  /** `same`: every row is about one text. */
  readonly texts?: 'same';
}

function verdictOf({ verdicts = [] }: Changed, index: number): { readonly verdict?: AuditVerdict } {
  const verdict = verdicts[Math.min(index, verdicts.length - 1)];
  return verdict === undefined ? {} : { verdict };
}

/** A whole scorecard with these outcomes, a spec each. */
export function scorecard(outcomes: readonly Outcome[], changed: Changed = {}): Scorecard {
  const spent = { calls: 1, microdollars: 10, unpriced_calls: 0, milliseconds: 5 };
  const worker = (name: string, identity: string) => ({ worker: name, provider: 'anthropic', model: name, identity });
  const specs = outcomes.map((outcome, index) => ({
    spec: `SPEC-${String(index + 1).padStart(3, '0')}`,
    text: sha256(changed.texts === 'same' ? '' : String(index)),
    outcome,
    why: '',
    a: { kind: 'done' as const, run: 'a', answer: sha256('a'), ...spent, ...verdictOf(changed, index) },
    b: { kind: 'done' as const, run: 'b', answer: sha256('b'), ...spent, ...verdictOf(changed, index) },
    orders: [],
    judge: spent,
  }));
  return {
    schema_version: 1,
    stage: changed.stage ?? 'plan',
    at: changed.at ?? '2026-11-01T00:00:00.000Z',
    seed: 1,
    runs_in: 'speckit/eval/test',
    a: worker('strong', changed.a ?? sha256('strong')),
    b: worker('cheap', changed.b ?? sha256('cheap')),
    versions: { program: 'test', prompts: sha256(''), stage_prompts: changed.prompts ?? sha256(''), prices: 'test' },
    specs,
    ...agreementOf(specs),
    outcomes: Object.fromEntries(
      OUTCOMES.map((outcome) => [outcome, outcomes.filter((other) => other === outcome).length]),
    ) as Scorecard['outcomes'],
    failures: { a: 0, b: 0 },
    dollars: { a: 0, b: 0, judge: 0 },
    seconds: { a: 0, b: 0, judge: 0 },
  };
}
