/** What may become of a command: it runs, a person is asked first, or it never runs. */
export const DECISIONS = ['allow', 'ask', 'forbid'] as const;
export type DecisionKind = (typeof DECISIONS)[number];

/** One thing found about a command. `hard`: neither a written rule nor a declared check loosens it. */
export interface Finding {
  readonly kind: DecisionKind;
  readonly rule: string;
  readonly reason: string;
  readonly hard?: true;
}

/** A simple command as it was judged. `command` is its words, at most 200 characters; `place` where it stood, `top` when nowhere special. */
export interface JudgedCommand extends Finding {
  readonly command: string;
  readonly place: string;
}

/** The decision about a whole line: the strictest over its parts. At most 100 commands are listed. */
export interface CommandDecision extends Finding {
  readonly commands: readonly JudgedCommand[];
}

const rank = (finding: Finding): number => DECISIONS.indexOf(finding.kind) * 2 + (finding.hard === true ? 1 : 0);

/** The first of the strictest. */
export function strictest<Found extends Finding>(first: Found, ...others: readonly Found[]): Found {
  return others.reduce((worst, finding) => (rank(finding) > rank(worst) ? finding : worst), first);
}

export const ask = (rule: string, reason: string): Finding => ({ kind: 'ask', rule, reason });
export const forbid = (rule: string, reason: string): Finding => ({ kind: 'forbid', rule, reason });
export const forbidHard = (rule: string, reason: string): Finding => ({ kind: 'forbid', rule, reason, hard: true });

/** Text as reasons quote it: one line, at most 80 characters, nothing that a terminal would act on. */
export function quoted(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
  return `\`${plain.length > 80 ? `${plain.slice(0, 79)}…` : plain}\``;
}
